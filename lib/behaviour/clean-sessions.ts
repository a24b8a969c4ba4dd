import { WINDOW } from './schema';

/**
 * Whether a session `s` may be learned from, for the SQL of a list: ended by its agent within the window, and neither stopped, nor
 * found out, nor refused for an injection. An alert that is open may be true; only one that a person closed as benign is no reason to learn
 * nothing. Asked again whenever a baseline is made: what comes to light later takes the session out.
 */
export const CLEAN = `s.state = 'closed' AND s.ended_at > clock_timestamp() - interval '${WINDOW.days} days'
  AND NOT EXISTS (SELECT 1 FROM detector_stop d WHERE d.session_id = s.id)
  AND NOT EXISTS (SELECT 1 FROM action x WHERE x.session_id = s.id AND (x.code IN ('inspect.blocked', 'provenance.blocked') OR (x.decision = 'deny' AND x.detail->'findings' @> '[{"detector": "injection"}]')))
  AND NOT EXISTS (SELECT 1 FROM alert l WHERE l.session_id = s.id AND l.closed_as IS DISTINCT FROM 'benign')`;

/** Whether its texts are still there: what was erased is not kept in what was learned from it either. */
export const KEPT = `NOT EXISTS (SELECT 1 FROM session_key k WHERE k.session_id = s.id AND k.erased_at IS NOT NULL)`;
