/** Small words that say which language a sentence is in; those that two languages share count for both. */
export const functionWords = {
  en: 'the a an of to in is are was were be been this that these those with for from it its on at by as or if we they he she you your i my and will can has have had not do does all any into about which who when there their our please then but no me so up out am more just only than also here',
  de: 'der die das den dem des ein eine einen einem einer eines ist sind wird werden mit von zu zum zur auf für und oder nicht dass diese dieser dieses alle sich auch im am bei nach über wie wenn aus du ich sie ihr dein deine mein meine meiner meinen bitte mir mich aber dann an',
  fr: 'le la les un une des du de et est sont dans pour par sur avec que qui ce cette ces il elle vous nous ne pas au aux ou mon ma mes ton ta tes votre vos toutes tous à en se son sa ses plus puis je',
  es: 'el la los las un una unos unas de del y es son en para por con que se su sus al lo no mi mis tu tus todas todos a este esta estos estas como más pero si ya le les luego',
  it: 'il lo la i gli le un una uno di del della dei delle e è sono in per con che si non al alla mio mia tuo tua tutte tutti questo questa come più ma se da dal nel nella poi',
  pt: 'o a os as um uma de do da dos das e é são em para por com que se não ao à meu minha seu sua todas todos este esta isso como mais mas no na nos nas depois',
  ru: 'и в на не что с по для это как к из за от у о же но или бы так все его ее их мы вы он она они',
  ar: 'في من على إلى الى عن أن ان هذا هذه التي الذي ما هو هي كل مع أو او ثم لا قد كان و',
} as const;
