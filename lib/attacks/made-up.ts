/** What names, addresses and numbers are made of. None of them is anybody's: domains are reserved ones, telephone numbers the fictitious range. */
export const firstNames = ['Marta', 'Idris', 'Yuki', 'Tomasz', 'Ngozi', 'Pilar', 'Anselm', 'Freya', 'Kwabena', 'Lucia', 'Oskar', 'Samira', 'Dmitri', 'Hanne', 'Rafael', 'Solveig', 'Bao', 'Ottilie', 'Emeka', 'Zofia', 'Corentin', 'Aroha', 'Vikram', 'Elif', 'Teodor', 'Mireille', 'Joaquim', 'Signe', 'Farid', 'Nadezhda', 'Callum', 'Imani'] as const;
export const lastNames = ['Okonjo', 'Halvorsen', 'Brightwater', 'Quintero', 'Veldkamp', 'Ashgrove', 'Marchetti', 'Nakagawa', 'Oyelaran', 'Stroud', 'Kowalczyk', 'Lindqvist', 'Farrow', 'Delacroix', 'Petrenko', 'Ibarra', 'Thistlewood', 'Mbeki', 'Rasmussen', 'Castellan', 'Vantongeren', 'Holloway', 'Szabo', 'Underhill', 'Fitzmaurice', 'Korhonen', 'Abernathy', 'Dufresne', 'Yilmaz', 'Trevelyan', 'Morrow', 'Eklund'] as const;
export const nouns = ['harbour', 'lantern', 'orchard', 'granite', 'meadow', 'copper', 'falcon', 'juniper', 'anchor', 'ember', 'willow', 'cobalt', 'summit', 'heron', 'maple', 'tundra', 'quarry', 'saffron', 'beacon', 'thicket', 'ridge', 'cedar', 'marble', 'otter', 'prairie', 'canyon', 'velvet', 'bramble', 'glacier', 'kestrel', 'amber', 'delta'] as const;
export const trades = ['logistics', 'supply', 'partners', 'freight', 'analytics', 'foods', 'instruments', 'paper', 'textiles', 'optics', 'marine', 'energy', 'travel', 'books', 'ceramics', 'tools'] as const;
/** Domains that can belong to nobody (RFC 2606), but for the organisation's own. Not those below example.com: beside an organisation at example.org they would be look-alikes. */
export const endings = ['.example', '.test', '.invalid'] as const;
export const hosts = ['files', 'cdn', 'go', 'portal', 'api', 'img', 'drop', 'sync', 'mx', 'apps'] as const;
export const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'] as const;
export const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'] as const;

/** Letters of other alphabets that look like ours. */
export const lookAlikes: Record<string, string> = { a: 'а', c: 'с', e: 'е', i: 'і', o: 'о', p: 'р', s: 'ѕ', x: 'х', y: 'у', A: 'А', B: 'В', C: 'С', E: 'Е', H: 'Н', I: 'І', K: 'К', M: 'М', O: 'О', P: 'Р', T: 'Т', X: 'Х' };
