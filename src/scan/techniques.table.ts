/** A technique of MITRE ATLAS that findings name. */
export interface Technique {
  readonly id: string;
  readonly name: string;
}

/**
 * Every technique that a finding here may name, by its id. Source: mitre-atlas/atlas-data, dist/ATLAS.yaml, version 5.6.0 (commit
 * 8ee2c689, 2026-05-05), Apache-2.0; a sub-technique's name stands behind that of its technique.
 */
export const TECHNIQUES: readonly Technique[] = [
  { id: "AML.T0010", name: "AI Supply Chain Compromise" },
  { id: "AML.T0010.001", name: "AI Supply Chain Compromise: AI Software" },
  { id: "AML.T0010.003", name: "AI Supply Chain Compromise: Model" },
  { id: "AML.T0010.004", name: "AI Supply Chain Compromise: Container Registry" },
  { id: "AML.T0010.005", name: "AI Supply Chain Compromise: AI Agent Tool" },
  { id: "AML.T0011", name: "User Execution" },
  { id: "AML.T0011.000", name: "User Execution: Unsafe AI Artifacts" },
  { id: "AML.T0011.001", name: "User Execution: Malicious Package" },
  { id: "AML.T0011.003", name: "User Execution: Malicious Link" },
  { id: "AML.T0018", name: "Manipulate AI Model" },
  { id: "AML.T0018.000", name: "Manipulate AI Model: Poison AI Model" },
  { id: "AML.T0018.001", name: "Manipulate AI Model: Modify AI Model Architecture" },
  { id: "AML.T0018.002", name: "Manipulate AI Model: Embed Malware" },
  { id: "AML.T0020", name: "Poison Training Data" },
  { id: "AML.T0025", name: "Exfiltration via Cyber Means" },
  { id: "AML.T0029", name: "Denial of AI Service" },
  { id: "AML.T0031", name: "Erode AI Model Integrity" },
  { id: "AML.T0043.004", name: "Craft Adversarial Data: Insert Backdoor Trigger" },
  { id: "AML.T0048", name: "External Harms" },
  { id: "AML.T0050", name: "Command and Scripting Interpreter" },
  { id: "AML.T0051", name: "LLM Prompt Injection" },
  { id: "AML.T0051.001", name: "LLM Prompt Injection: Indirect" },
  { id: "AML.T0051.002", name: "LLM Prompt Injection: Triggered" },
  { id: "AML.T0054", name: "LLM Jailbreak" },
  { id: "AML.T0055", name: "Unsecured Credentials" },
  { id: "AML.T0058", name: "Publish Poisoned Models" },
  { id: "AML.T0068", name: "LLM Prompt Obfuscation" },
  { id: "AML.T0072", name: "Reverse Shell" },
  { id: "AML.T0074", name: "Masquerading" },
  { id: "AML.T0076", name: "Corrupt AI Model" },
  { id: "AML.T0081", name: "Modify AI Agent Configuration" },
  { id: "AML.T0094", name: "Delay Execution of LLM Instructions" },
  { id: "AML.T0097", name: "Virtualization/Sandbox Evasion" },
  { id: "AML.T0105", name: "Escape to Host" },
  { id: "AML.T0107", name: "Exploitation for Defense Evasion" },
];
