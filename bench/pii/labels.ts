/** By what names data sets call what our detectors see. A kind that is not listed is called as it is, in any spelling. */
const names: Record<string, readonly string[]> = {
  payment_card: ['credit_card', 'card_number'], crypto_wallet: ['crypto'], phone_number: ['phone', 'phone_number', 'tr_phone_number', 'telephone'], email_address: ['email', 'email_address'],
  ip_address: ['ip_address', 'ip_public', 'ip'], private_ip_address: ['ip_address', 'ip'], iban: ['iban', 'iban_code'], mac_address: ['mac_address', 'mac'], date_of_birth: ['date_of_birth', 'dob'],
  it_vat_code: ['it_vat_code'], us_bank_number: ['us_bank_number'],
};

/** Types whose numbers carry a check digit or a checksum. */
export const checksumTypes: ReadonlySet<string> = new Set(
  ('credit_card crypto iban_code iban au_abn au_acn au_medicare au_tfn de_health_insurance de_lanr de_passport de_social_security de_tax_id de_vat_id es_nif es_nie fi_personal_identity_code in_aadhaar it_fiscal_code it_vat_code '
  + 'kr_brn pl_pesel sg_nric_fin sg_nric th_tnin tr_national_id uk_nhs us_npi br_cpf br_cnpj nl_bsn fr_nir ca_sin se_personnummer no_fodselsnummer be_national_number ch_ahv mx_curp cn_resident_id za_id').split(' '),
);

export const plain = (type: string): string => type.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_|_$/g, '');
const labels = new Map<string, Set<string>>();
const labelsOf = (kind: string): Set<string> => labels.get(kind) ?? labels.set(kind, new Set([kind, ...(names[kind] ?? [])])).get(kind)!;

/** Whether a sighting of this kind is what a data set calls by that type. */
export const means = (kind: string, type: string): boolean => labelsOf(kind).has(plain(type));

/** Data sets write the types of personal data in capitals, and name secrets after the service. */
export const isPersonal = (type: string): boolean => /^[A-Z][A-Z_]+$/.test(type) || plain(type).startsWith('ip_');
