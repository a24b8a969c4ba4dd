import type { About, Detector, Sighting } from '../../detector';
import type { Severity } from '@/lib/protocol/decision';
import { addressedIn, covertIn, turnsIn } from './addressed';
import { fold, unfold } from './fold';
import { hiddenIn, sightingOf } from './hidden';
import { kindOf, modelOf, piecesOf, scoreOf, takeApart } from './score';
import { trained } from './weights';

/** Goes up when what is told by rule changes; the weights count for themselves. */
const RULES = 2;
const model = modelOf(trained.bias, trained.weights);
/** Half of the bar that is the default: what is below is not worth telling even to a bundle that flags early. */
const LEAST_TOLD = 0.25;
const MOST_TOLD = 5;
/** A guess by statistics, however sure, is never beyond doubt. */
const SUREST = 0.999;
/** More is never looked at in one go; `runDetectors` cuts long texts into head, tail and windows before. */
const LONGEST = 16 * 1024;

/**
 * Instructions in text that should be data: told by what sentences do, in any of its languages, not by how they are phrased. Also looks
 * into what is encoded, hidden or written for machines. In the words of an operator or user only what is hidden is a sign, and in what
 * leaves the session likewise.
 */
export const injectionDetector: Detector = {
  id: 'injection',
  version: trained.version + RULES,
  see(given, about) {
    const text = given.length > LONGEST ? given.slice(0, LONGEST) : given;
    const sightings = hiddenSightings(text);
    if (about.trusted || about.channel === 'output' || about.channel === 'argument') return sightings;
    sightings.push(...delimiterSightings(text, about));
    const folded = fold(text);
    const { pieces, shared } = takeApart(folded.text, about.field);
    sightings.push(...[...addressedIn(folded.text, pieces), ...covertIn(folded.text, pieces), ...turnsIn(folded.text, pieces)].map((one) => ({ ...one, span: unfold(folded, one.span![0], one.span![1], text.length) })));
    const told = pieces.map((piece) => ({ piece, score: Math.min(SUREST, scoreOf(model, piece, shared)) })).filter(({ score }) => score >= LEAST_TOLD);
    told.sort((a, b) => b.score - a.score);
    for (const { piece, score } of told.slice(0, MOST_TOLD)) {
      sightings.push({ kind: kindOf(model, piece), severity: severityOf(score), score, span: unfold(folded, piece.span[0], piece.span[1], text.length) });
    }
    return sightings;
  },
};

const severityOf = (score: number): Severity => (score >= 0.9 ? 'high' : score >= 0.5 ? 'medium' : 'low');

/** Hidden text is a sign whatever it says, and a graver one where it tells somebody what to do. */
function hiddenSightings(text: string): Sighting[] {
  return hiddenIn(text).map((hidden) => {
    const sighting = sightingOf(hidden);
    const says = hidden.text === '' ? 0 : Math.max(0, ...piecesOf({ text: hidden.text, how: hidden.kind, span: hidden.span }).map((piece) => scoreOf(model, piece, [])));
    return says >= 0.5 ? { ...sighting, severity: 'high', score: Math.max(sighting.score, Math.min(SUREST, says)) } : sighting;
  });
}

/** The mark that data is handed over in, inside the data: it would end before it ends. */
function delimiterSightings(text: string, { delimiter }: About): Sighting[] {
  const at = delimiter === '' ? -1 : text.indexOf(delimiter);
  return at < 0 ? [] : [{ kind: 'delimiter_collision', severity: 'high', score: 0.98, span: [at, at + delimiter.length] }];
}
