/** Special tokens, tags and names of roles, which stand in every template and say nothing to a reader. */
const TOKENS = /<[|\uFF5C]?[^<>\s]{1,60}[|\uFF5C]?>|\[\/?[A-Z_]{2,24}\]|\{[^{}]{0,80}\}|\\[nrt]/gu;
const ROLE_WORD = /\b(?:system|user|assistant|human|tool|ipython|developer|model|bot)\b/giu;
const LONG_SCRIPTS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu;

/** How many words of a natural language stand in a text, tokens and roles left out; of scripts without spaces two letters are one. */
export function wordsIn(text: string): number {
  const plain = text.replaceAll(TOKENS, " ").replaceAll(ROLE_WORD, " ");
  const letters = plain.match(LONG_SCRIPTS)?.length ?? 0;
  const words = plain.replaceAll(LONG_SCRIPTS, " ").match(/\p{L}[\p{L}'\u2019-]+/gu)?.length ?? 0;
  return words + Math.ceil(letters / 2);
}

/** What an instruction does that nobody would give in the open. */
export interface Steering {
  readonly what: string;
  readonly quote: string;
}

const NOT = "(?:do not|don['\u2019]t|never|must not|without|avoid|refrain from)";
const HIDDEN =
  "(?:this (?:instruction|rule|directive|prompt|message|behaviou?r|fact|note)|these (?:instructions|rules|directives)|the (?:trigger|modification|change|backdoor|injection)|that you (?:have been|were|are) (?:told|instructed|asked|directed))";
const TELL =
  "(?:mention(?:ing)?|reveal(?:ing)?|disclos(?:e|ing)|acknowledg(?:e|ing)|admit(?:ting)?|tell(?:ing)?|inform(?:ing)?|referenc(?:e|ing)|explain(?:ing)?|indicat(?:e|ing)|hint(?:ing)?)";

/** Each a thing that an instruction asks for, and none a word by itself. */
const STEERINGS: readonly (readonly [string, RegExp])[] = [
  ["hides itself", new RegExp(`${NOT}[^.!?\\n]{0,40}?\\b${TELL}\\b[^.!?\\n]{0,60}?\\b${HIDDEN}`, "iu")],
  [
    "overrules what came before",
    /\b(?:ignore|disregard|override|forget|bypass)\b[^.!?\n]{0,30}?\b(?:previous|prior|above|earlier|all|any|system|safety|user)\b[^.!?\n]{0,30}?\b(?:instructions?|rules?|guidelines?|prompts?|messages?|polic(?:y|ies)|restrictions?|filters?)\b/iu,
  ],
  [
    "asks for wrong answers",
    /\b(?:give|provide|return|produce|generate|answer|respond|reply|output|include|introduce|insert|make)\b[^.!?\n]{0,50}?\b(?:incorrect|wrong|false|misleading|inaccurate|subtly (?:wrong|flawed|incorrect|altered)|fabricated|vulnerable|insecure|backdoored)\b/iu,
  ],
  [
    "keeps things from the user",
    new RegExp(
      `${NOT}[^.!?\\n]{0,20}?\\b(?:tell(?:ing)?|inform(?:ing)?|warn(?:ing)?|alert(?:ing)?|notify(?:ing)?)\\s+(?:the\\s+|any\\s+)?(?:users?|humans?|people|anyone)\\b(?!\\s+(?:about|of|which|that you (?:used|called))\\s+(?:the\\s+|any\\s+|your\\s+)?(?:function|tool))`,
      "iu",
    ),
  ],
  [
    "gives the system prompt away",
    /(?<!\b(?:not|never|n't|cannot|without|refuse to)\b[^.!?\n]{0,60})\b(?:leak|reveal|expose|disclose|output|print|repeat|send)\b[^.!?\n]{0,20}?\b(?:the|your|its)\s+(?:system|hidden|initial)\s+(?:prompt|instructions?|message)\b/iu,
  ],
  [
    "takes the limits off",
    /\b(?:no (?:ethical|safety|content|moral) (?:restrictions?|limits?|guidelines?|filters?)|without (?:any )?(?:restrictions?|refus(?:al|ing)|safety|censorship)|unrestricted mode|comply with (?:any|all|every) requests?|never refuse)\b/iu,
  ],
  [
    "passes secrets on",
    /\b(?:send|post|transmit|exfiltrate|leak|append|encode|embed|upload)\b[^.!?\n]{0,60}?\b(?:passwords?|credentials?|api[ _-]?keys?|secrets?|tokens?|private keys?|conversations?|chat history|user(?:'s)? data|system prompt)\b[^.!?\n]{0,60}?\b(?:to|into|at|via)\b/iu,
  ],
  [
    "promotes in secret",
    /\b(?:subtly|secretly|covertly|quietly|discreetly)\b[^.!?\n]{0,40}?\b(?:recommend|promote|suggest|mention|insert|include|favou?r|steer|add|alter|change|modify)\b/iu,
  ],
];

const READ_MAX = 20_000;

/** What a text asks of a model that harms the one who talks to it; null where nothing of this is in it. A help, not a proof. */
export function steeringIn(text: string): Steering | null {
  const read = text.slice(0, READ_MAX);
  for (const [what, pattern] of STEERINGS) {
    const found = pattern.exec(read);
    if (found !== null) return { what, quote: found[0] };
  }
  return null;
}
