// A program on the types that openapi-typescript makes of /openapi.json. It is compiled, strictly, and not run.

import createClient from "openapi-fetch";
import type { components, operations, paths } from "./gateway";

type Answer = components["schemas"]["Answer"];
type Problem = components["schemas"]["Problem"];

const client = createClient<paths>({ baseUrl: "http://localhost:8080", headers: { "X-Api-Key": "a-key" } });

export async function summarize(text: string): Promise<Answer> {
    const { data, error } = await client.POST("/v1/summarize", {
        body: { text, languages: ["en", "uk"], facts: 5, length: "short", stream: false, strict: true },
    });
    if (error !== undefined) throw new Error(refusal(error as Problem));
    return data as Answer;
}

function refusal(problem: Problem): string {
    return `${problem.status} ${problem.code}: ${problem.detail}`;
}

export function headlines(answer: Answer): string[] {
    return answer.summaries.map((summary) => `${summary.language}: ${summary.headline} (${summary.key_facts.length})`);
}

export async function translate(text: string): Promise<string> {
    const { data, error } = await client.POST("/v1/translate", { body: { text, to: "uk", format: "text", stream: false } });
    if (error !== undefined) throw new Error(refusal(error as Problem));
    return (data as components["schemas"]["Translation"]).text;
}

export async function doubted(article: string, claim: string): Promise<string[]> {
    const { data, error } = await client.POST("/v1/check", { body: { article, claim, judge: false } });
    if (error !== undefined) throw new Error(refusal(error as Problem));
    return data!.sentences.filter((sentence) => sentence.findings.length > 0).map((sentence) => sentence.text);
}

export async function extract(html: string): Promise<string> {
    const { data, error } = await client.POST("/v1/extract", { body: { html, keep_all: false } });
    if (error !== undefined) throw new Error(refusal(error as Problem));
    return data!.text;
}

export async function libre(text: string): Promise<string | string[]> {
    const { data } = await client.POST("/translate", { body: { q: [text], source: "auto", target: "uk" } });
    return data!.translatedText;
}

// Both spellings are operations of their own, under the same types.
export type Same = operations["summarize"]["requestBody"] extends operations["summarise"]["requestBody"] ? true : never;
export const same: Same = true;
