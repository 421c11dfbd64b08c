/**
 * Values that are credentials wherever they stand: the prefixes that issuers publish so that scanners find them (GitHub,
 * GitLab, Slack, Stripe, OpenAI, Anthropic, Google, AWS, npm, PyPI, SendGrid, Hugging Face, DigitalOcean), JSON Web Tokens,
 * and our own keys.
 */
export const CREDENTIAL_VALUE =
  /(?:^|[^A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|xox[abeprs]-[\w-]{10,}|[rs]k_(?:live|test)_\w{16,}|sk-(?:ant-|proj-)?[\w-]{20,}|AIza[\w-]{35}|ya29\.[\w-]{20,}|(?:AKIA|ASIA)[A-Z0-9]{16}|npm_[A-Za-z0-9]{36}|pypi-[\w-]{20,}|SG\.[\w-]{16,}\.[\w-]{16,}|hf_[A-Za-z0-9]{30,}|dop_v1_[a-f0-9]{64}|dw[kpstu]_\w{20,}|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*)/;
