/**
 * What is thought of each sign before anything is learned; a sign that no case shows keeps this weight. In the units of a logistic
 * regression: one more is about three times as likely.
 */
export const prior: { bias: number; weights: Readonly<Record<string, number>> } = {
  bias: -5,
  weights: {
    'word:please': 0.3, 'word:you': 0.2, 'word:ai': 0.4, 'word:prompt': 0.4, 'word:override': 0.4, 'word:covert': 0.6, 'word:role': 0.2, 'word:urgent': 0.2, 'word:free': 0.2, 'word:sensitive': 0.2, 'word:me': 0.2, 'word:must': 0.1,
    'words:override+prompt': 1.6, 'words:override+prior': 0.5, 'words:override+prompt+prior': 1.6, 'words:prompt+prior': 0.5, 'words:you+ai': 0.7, 'words:you+role': 0.6, 'words:ai+role': 0.4, 'words:you+prompt': 0.6, 'words:system+prompt': 0.3,
    'words:new+prompt': 0.5, 'words:must+prompt': 0.4, 'words:not+tell': 0.5, 'words:not+tell+user': 1.2, 'words:without+tell': 0.8, 'words:without+user': 0.2, 'words:say+prompt': 0.6, 'words:say+exact': 0.4, 'words:say+answer': 0.3, 'words:act+me': 0.6,
    'words:act+sensitive': 0.4, 'words:read+me': 0.5, 'words:read+sensitive': 0.2, 'words:act+read': 0.2, 'words:sensitive+me': 0.3, 'words:covert+act': 0.8, 'words:free+role': 0.4, 'words:free+ai': 0.5, 'words:ai+must': 0.6, 'words:tool+must': 0.2, 'words:tool+not': 0.3,
    'words:free+you': 0.2, 'words:test+must': 0.2, 'words:answer+new': 0.2, 'words:you+answer+say': 0.4,
    'order:act': 0.8, 'order:read': 0.4, 'order:say': 0.4, 'order:doc': -0.4, 'order:override': 0.9,
    'form:please_verb': 0.5, 'form:order': 0.3, 'form:order_object': 0.3, 'form:order_mine': 1.2, 'form:order_contact': 0.7, 'form:order_sensitive': 0.5, 'form:order_short': -0.8, 'form:order_long': 0.4, 'form:order_after_colon': 0.2,
    'form:order_in_data': 0.6, 'form:order_in_text': -0.3, 'form:order_tool': 0.3, 'form:order_prompt': 0.8, 'form:shouted': 0.5, 'form:shouted_part': 0.1, 'form:encoded': 2, 'form:concealed': 1.2, 'form:mixed_script': 1, 'form:named_tool': 0.6,
    'form:code': -1.2, 'form:listed': -0.5, 'form:question': -0.3, 'form:short': -0.8, 'form:digits': -0.5,
    'sign:template': 2, 'sign:speaker': 0.5, 'sign:heading': 0.4, 'sign:data_end': 0.5, 'sign:tool_call': 0.4, 'sign:active_markup': 0.5, 'sign:picture_leak': 0.6, 'sign:placeholder': 0.1, 'sign:decorated': 0.2,
    'text:markup': -0.6, 'text:code': -0.5, 'text:very_many': -0.4, 'text:orders_most': -0.2,
  },
};
