/** Everything that can be wrong with an export, each with what it concerns. */
export type Finding =
  | { kind: 'line_unreadable'; line: number }
  | { kind: 'header_missing' }
  | { kind: 'version_unknown'; version: number }
  | { kind: 'line_misplaced'; line: number; what: string }
  | { kind: 'event_changed'; stream: string; seq: number }
  | { kind: 'event_missing'; stream: string; from: number; to: number }
  | { kind: 'event_out_of_order'; stream: string; seq: number }
  | { kind: 'event_repeated'; stream: string; seq: number }
  | { kind: 'event_uncovered'; stream: string; from: number; to: number; checkpoint: number | undefined }
  | { kind: 'stream_cut'; stream: string; from: number; to: number; checkpoint: number }
  | { kind: 'stream_rewritten'; stream: string; seq: number; checkpoint: number }
  | { kind: 'stream_rewound'; stream: string; seq: number; before: number; checkpoint: number }
  | { kind: 'heads_changed'; checkpoint: number }
  | { kind: 'checkpoint_forged'; line: number; reason: string }
  | { kind: 'checkpoint_missing'; from: number; to: number }
  | { kind: 'checkpoint_out_of_order'; index: number }
  | { kind: 'checkpoint_unlinked'; index: number }
  | { kind: 'tail_uncovered'; events: number }
  | { kind: 'footer_missing' }
  | { kind: 'footer_forged'; reason: string }
  | { kind: 'file_changed'; what: string }
  | { kind: 'anchor_unreadable'; line: number }
  | { kind: 'anchor_forged'; line: number; reason: string }
  | { kind: 'anchor_differs'; index: number }
  | { kind: 'anchor_ahead'; index: number; last: number | undefined }
  | { kind: 'nothing_signed' }
  | { kind: 'untrusted_key'; kid: string | undefined };

/** What a finding means, in one sentence for whoever has to act on it. */
export function sentenceOf(finding: Finding): string {
  switch (finding.kind) {
    case 'line_unreadable':
      return `Line ${finding.line} is not a line of an export: it was changed, or the file is damaged.`;
    case 'header_missing':
      return 'The file does not begin with the header of an export: its beginning was cut off, or it is another kind of file.';
    case 'version_unknown':
      return `The export has format version ${finding.version}, which this program does not know; use a newer one.`;
    case 'line_misplaced':
      return `Line ${finding.line} (${finding.what}) does not belong where it stands: it was moved or added.`;
    case 'event_changed':
      return `Event ${finding.seq} of ${finding.stream} does not match its hash: its content, its hash or the event before it was changed.`;
    case 'event_missing':
      return `${events(finding.from, finding.to)} of ${finding.stream} ${finding.from === finding.to ? 'is' : 'are'} missing.`;
    case 'event_out_of_order':
      return `Event ${finding.seq} of ${finding.stream} stands behind a later one: events were rearranged.`;
    case 'event_repeated':
      return `Event ${finding.seq} of ${finding.stream} is there again: an event was added.`;
    case 'event_uncovered':
      return finding.checkpoint === undefined
        ? `${events(finding.from, finding.to)} of ${finding.stream}: no checkpoint covers ${finding.from === finding.to ? 'it' : 'them'}.`
        : `${events(finding.from, finding.to)} of ${finding.stream} stand${finding.from === finding.to ? 's' : ''} before checkpoint ${finding.checkpoint}, which does not know of ${finding.from === finding.to ? 'it' : 'them'}: added later, or the list of heads was changed.`;
    case 'stream_cut':
      return `${events(finding.from, finding.to)} of ${finding.stream} ${finding.from === finding.to ? 'was' : 'were'} there at checkpoint ${finding.checkpoint} and ${finding.from === finding.to ? 'is' : 'are'} missing: the stream was cut.`;
    case 'stream_rewritten':
      return `${finding.stream} up to event ${finding.seq} is whole in itself, but is not what checkpoint ${finding.checkpoint} covers: it was rewritten and all its hashes computed anew.`;
    case 'stream_rewound':
      return `Checkpoint ${finding.checkpoint} has ${finding.stream} at event ${finding.seq}, an earlier one at ${finding.before}: the log itself was set back.`;
    case 'heads_changed':
      return `The list of heads of checkpoint ${finding.checkpoint} does not give the root that was signed: a head was changed, added or left out, or the stream behind it was rewritten.`;
    case 'checkpoint_forged':
      return `The checkpoint in line ${finding.line} is forged or was changed (${finding.reason}).`;
    case 'checkpoint_missing':
      return finding.from === finding.to ? `Checkpoint ${finding.from} is missing.` : `Checkpoints ${finding.from} to ${finding.to} are missing.`;
    case 'checkpoint_out_of_order':
      return `Checkpoint ${finding.index} stands behind a later one or is there twice.`;
    case 'checkpoint_unlinked':
      return `Checkpoint ${finding.index} does not follow from the one before it: two histories were mixed.`;
    case 'tail_uncovered':
      return `${finding.events} event${finding.events === 1 ? ' stands' : 's stand'} behind the last checkpoint, where nothing vouches for ${finding.events === 1 ? 'it' : 'them'}.`;
    case 'footer_missing':
      return 'The footer is missing: the end of the file was cut off.';
    case 'footer_forged':
      return `The footer is forged or was changed (${finding.reason}).`;
    case 'file_changed':
      return `The lines are not those that the footer was signed over (${finding.what}): a line was changed, added, moved or left out.`;
    case 'anchor_unreadable':
      return `Line ${finding.line} of the anchor file is not a checkpoint.`;
    case 'anchor_forged':
      return `The checkpoint in line ${finding.line} of the anchor file was not signed with the given key (${finding.reason}).`;
    case 'anchor_differs':
      return `Checkpoint ${finding.index} is another one in the anchor: there are two histories, and this export or the anchor shows the wrong one.`;
    case 'anchor_ahead':
      return `The anchor knows checkpoint ${finding.index}, and the export ends ${finding.last === undefined ? 'before any' : `with ${finding.last}`}: it is older than the anchor, or its end was cut off.`;
    case 'nothing_signed':
      return 'The export holds no checkpoint: nothing in it is vouched for.';
    case 'untrusted_key':
      return finding.kid === undefined
        ? 'UNTRUSTED KEY: no public key was given from outside, so nothing shows that this is our log. Give one with --key.'
        : `UNTRUSTED KEY: signed with key ${finding.kid}, which is not the one that was given.`;
  }
}

const events = (from: number, to: number) => (from === to ? `Event ${from}` : `Events ${from} to ${to}`);
