/** A secret that is known by how it is built: a fixed beginning, and what follows it. */
export type Shape = readonly [label: string, beginning: string, rest: string];

const w = '[A-Za-z0-9_-]';
const hex = '[a-f0-9]';
const base64 = '[A-Za-z0-9+/]';

/**
 * What providers give out, as they document it themselves. A beginning that says enough keeps the rest loose; the shorter
 * the beginning, the stricter the rest. No letter or digit stands before the beginning or after the end.
 */
export const shapes: readonly Shape[] = [
  ...['AKIA', 'ASIA', 'ABIA', 'ACCA'].map((beginning): Shape => ['AWS key', beginning, '[A-Z0-9]{16}']),
  ['AWS key', 'ABSK', `${base64}{100,280}={0,2}`], ['AWS key', 'bedrock-api-key-', `${base64}{20,4000}={0,2}`],
  ['1Password token', 'ops_eyJ', `${base64}{200,4000}={0,3}`], ['1Password token', 'A3-', '[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}'],
  ['Anthropic key', 'sk-ant-', `[a-z]{2,12}\\d\\d-${w}{60,200}`],
  ['API key', 'sk-', `${w}{20,300}`],
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'].map((beginning): Shape => ['GitHub token', beginning, '[A-Za-z0-9]{36,255}']),
  ['GitHub token', 'github_pat_', '[A-Za-z0-9_]{40,255}'],
  ['GitLab token', 'glpat-', `${w}{20,60}(?:\\.[a-z0-9.]{9,20})?`], ['GitLab token', 'glrt-', `(?:t\\d_)?${w}{20,60}(?:\\.[a-z0-9.]{9,20})?`],
  ['GitLab token', 'gldt-', `${w}{20,50}`], ['GitLab token', 'glsoat-', `${w}{20,50}`], ['GitLab token', 'glcbt-', `${w}{20,60}`], ['GitLab token', 'glimt-', `${w}{25}`], ['GitLab token', 'glft-', `${w}{20}`],
  ['GitLab token', 'glptt-', `${w}{40}`], ['GitLab token', 'gloas-', `${w}{64}`], ['GitLab token', 'glagent-', `${w}{50}`], ['GitLab token', 'glffct-', `${w}{20}`], ['GitLab token', 'GR1348941', `${w}{20,50}`],
  ...['xoxa', 'xoxb', 'xoxe', 'xoxo', 'xoxp', 'xoxr', 'xoxs'].map((beginning): Shape => ['Slack token', `${beginning}-`, '(?:\\d{1,2}-)?(?:\\d{6,}-(?=[\\d-]{0,60}[A-Za-z])[A-Za-z0-9-]{3,200}|[A-Za-z0-9]{60,400})']),
  ['Slack token', 'xoxe.xox', '[bp]-\\d-[A-Za-z0-9]{60,400}'], ['Slack token', 'xapp-', '\\d-[A-Z0-9]{8,20}-\\d{6,20}-[a-f0-9]{32,128}'],
  ['webhook address', 'hooks.slack.com/', '(?:services|workflows|triggers)/[A-Za-z0-9]{8,20}/[A-Za-z0-9]{8,20}/[A-Za-z0-9/]{20,80}'],
  ['webhook address', 'discord.com/api/webhooks/', `\\d{17,20}/${w}{60,80}`], ['webhook address', 'webhook.office.com/webhookb2/', '[A-Za-z0-9@/-]{60,300}'],
  ...['sk_live_', 'rk_live_', 'sk_test_', 'rk_test_', 'sk_prod_', 'rk_prod_'].map((beginning): Shape => ['Stripe key', beginning, '[A-Za-z0-9]{16,200}']),
  ['webhook key', 'whsec_', `${base64}{24,64}={0,2}`],
  ['Google key', 'AIza', `${w}{35}`], ['Google key', 'GOCSPX-', `${w}{28}`], ['Google key', 'ya29.', `${w}{30,400}`], ['Google key', '1//0', `${w}{40,120}`],
  ['Countersign secret', 'csk_agent_', '[A-Za-z0-9]{20,100}'], ['Countersign secret', 'csk_user_', '[A-Za-z0-9]{20,100}'], ['Countersign secret', 'csk_ctl_', '[A-Za-z0-9]{20,100}'],
  ['Hugging Face token', 'hf_', '[A-Za-z]{34}'], ['Hugging Face token', 'api_org_', '[A-Za-z]{34}'],
  ['SendGrid key', 'SG.', `${w}{22}\\.${w}{43}`], ['Mailgun key', 'key-', `${hex}{32}`], ['Brevo key', 'xkeysib-', `${hex}{64}-[A-Za-z0-9]{16}`],
  ['npm token', 'npm_', '[A-Za-z0-9]{36}'], ['PyPI token', 'pypi-AgE', `${w}{85,500}`], ['RubyGems key', 'rubygems_', `${hex}{48}`], ['Docker token', 'dckr_pat_', `${w}{27}`], ['Clojars token', 'CLOJARS_', '[a-z0-9]{60}'],
  ['Twilio key', 'SK', `${hex}{32}`], ['Telegram token', 'bot', `\\d{8,10}:AA${w}{33}`],
  ['Facebook token', 'EAA', '[A-Za-z0-9]{80,400}'], ['Square token', 'sq0', `(?:atp|csp|idp)-${w}{22,60}`], ['Square token', 'EAAA', `${w}{60}`],
  ['Fly.io token', 'fo1_', `${w}{43}`], ...['fm1a_', 'fm1r_', 'fm2_'].map((beginning): Shape => ['Fly.io token', beginning, `${base64}{80,4000}={0,3}`]),
  ['Heroku key', 'HRKU-AA', `${w}{58}`], ['Octopus key', 'API-', '(?=[A-Z]{0,25}\\d)[A-Z0-9]{26}'], ['OpenShift token', 'sha256~', `${w}{43}`],
  ['Vault token', 'hvs.', `${w}{24,300}`], ['Vault token', 'hvb.', `${w}{100,300}`], ['Vault token', 'hvr.', `${w}{24,300}`], ['Vault token', 's.', '(?=[A-Za-z0-9]{0,23}\\d)(?=[A-Za-z0-9]{0,23}[A-Z])(?=[A-Za-z0-9]{0,23}[a-z])[A-Za-z0-9]{24}'],
  ['Notion token', 'ntn_', '\\d{11}[A-Za-z0-9]{35}'], ['Notion token', 'secret_', '(?=[A-Za-z]{0,42}\\d)[A-Za-z0-9]{43}'],
  ['Perplexity key', 'pplx-', '[A-Za-z0-9]{48}'], ['Groq key', 'gsk_', '[A-Za-z0-9]{52}'], ['xAI key', 'xai-', '[A-Za-z0-9]{80}'], ['Replicate token', 'r8_', '[A-Za-z0-9]{37}'],
  ['Prefect key', 'pnu_', '[A-Za-z0-9]{36}'], ['Pulumi token', 'pul-', `${hex}{40}`], ['ReadMe key', 'rdme_', '[a-z0-9]{70}'], ['Scalingo token', 'tk-us-', `${w}{48}`],
  ['Sentry token', 'sntrys_eyJ', '[A-Za-z0-9+/=_-]{40,500}'], ['Sentry token', 'sntryu_', `${hex}{64}`],
  ...['squ_', 'sqp_', 'sqa_'].map((beginning): Shape => ['Sonar token', beginning, '[A-Za-z0-9]{40}']), ['Sourcegraph token', 'sgp_', '(?:(?:[A-Fa-f0-9]{16}|local)_)?[A-Fa-f0-9]{40}'],
  ...['shpat_', 'shpca_', 'shppa_', 'shpss_'].map((beginning): Shape => ['Shopify token', beginning, '[A-Fa-f0-9]{32}']), ...['dop_v1_', 'doo_v1_', 'dor_v1_'].map((beginning): Shape => ['DigitalOcean token', beginning, `${hex}{64}`]),
  ['Grafana token', 'glc_', `${base64}{32,400}={0,3}`], ['Grafana token', 'glsa_', '[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}'], ['Databricks token', 'dapi', `${hex}{32}(?:-\\d)?`],
  ['Linear key', 'lin_api_', '[A-Za-z0-9]{40}'], ['Doppler token', 'dp.pt.', '[A-Za-z0-9]{43}'], ['Dynatrace token', 'dt0c01.', '[A-Z0-9]{24}\\.[A-Z0-9]{64}'], ['New Relic key', 'NRAK-', '[A-Z0-9]{27}'],
  ...['EZAK', 'EZTK'].map((beginning): Shape => ['EasyPost key', beginning, '[A-Za-z0-9]{54}']), ['Infracost key', 'ico-', '[A-Za-z0-9]{32}'], ...['pscale_tkn_', 'pscale_pw_', 'pscale_oauth_'].map((beginning): Shape => ['PlanetScale token', beginning, '[A-Za-z0-9_=.-]{32,64}']),
  ['Postman key', 'PMAK-', `${hex}{24}-${hex}{34}`], ['Shippo token', 'shippo_', `(?:live|test)_${hex}{40}`], ['Typeform token', 'tfp_', '[A-Za-z0-9_=.-]{59}'], ['Alibaba key', 'LTAI', '[A-Za-z0-9]{20}'],
  ['age key', 'AGE-SECRET-KEY-1', '[A-Z0-9]{58}'], ['Atlassian token', 'ATATT3', '[A-Za-z0-9_=-]{60,250}'], ['Tailscale key', 'tskey-', '[a-z]{3,12}-[A-Za-z0-9]{10,30}-[A-Za-z0-9]{20,60}'], ['Supabase key', 'sbp_', `${hex}{40}`], ['Supabase key', 'sb_secret_', `${w}{20,60}`], ['Netlify token', 'nfp_', '[A-Za-z0-9]{36}'],
  ['Figma token', 'figd_', `${w}{40}`], ['Contentful token', 'CFPAT-', `${w}{43}`], ['Mapbox token', 'sk.eyJ', `${w}{40,200}\\.${w}{20,40}`], ['Artifactory key', 'AKC', '(?=[A-Z]{0,40}[a-z0-9])[A-Za-z0-9]{10,80}'], ['Artifactory key', 'cmVmd', '[A-Za-z0-9]{59}'], ...'0123456789ABCDEF'.split('').map((version): Shape => ['Artifactory key', `AP${version}`, '(?=[A-Z]{0,40}[a-z0-9])[A-Za-z0-9]{8,80}']), ['42 secret', 's-s4t2', `(?:ud|af)-${hex}{64}`],
];

/** Secrets whose fixed part stands in their middle or end: where it is, what must stand right before it, how far back the secret may begin, and how long it may be. */
export type Middle = { label: string; fixed: string; before: RegExp; back: number; most: number; pattern: RegExp };
export const middles: readonly Middle[] = [
  { label: 'Azure secret', fixed: 'Q~', before: /\d/, back: 4, most: 48, pattern: /(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~-])/ },
  { label: 'Terraform token', fixed: '.atlasv1.', before: /[A-Za-z0-9]/, back: 14, most: 100, pattern: /(?<![A-Za-z0-9])[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9=_-]{60,70}(?![A-Za-z0-9])/ },
  { label: 'Mailchimp key', fixed: '-us', before: /[a-f0-9]/, back: 32, most: 45, pattern: /(?<![A-Za-z0-9])[a-f0-9]{32}-us\d{1,2}(?![A-Za-z0-9])/ },
  { label: 'Telegram token', fixed: ':AA', before: /\d/, back: 10, most: 60, pattern: /(?<![A-Za-z0-9])\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])/ },
  { label: 'Facebook token', fixed: '|', before: /\d/, back: 17, most: 60, pattern: /(?<!\d)\d{13,17}\|[A-Za-z0-9_-]{27}(?![A-Za-z0-9_-])/ },
];
