// The page of the gateway. It asks POST /v1/summarize for a stream and shows what comes. Whatever comes from an article
// or a model goes into the page as text nodes only, so that no markup in it is ever markup here.
"use strict";

const WORDS = {
  en: {
    motto: "an article in brief, in three languages, on this machine",
    interface: "Language of this page", paste: "Paste a whole page or the source of one, or drop a file here",
    hint: "Menus, cookie notices and appeals may stay: they are left out.",
    languages: "Write in", length: "Summary", short: "short", medium: "medium", long: "long", facts: "Key facts",
    key: "API key", file: "File:", go: "Summarise", stop: "Stop", copyText: "Copy as text", copyMarkdown: "Copy as Markdown",
    copied: "Copied.", notCopied: "The browser did not allow it.", source: "The article as it was read",
    click: "Click a fact, and the sentences it rests on light up.", comparison: "The languages side by side",
    privacy: "Nothing leaves this machine but the answer to you.",
    sending: "sending", waiting: "waiting for its turn", reading: "the model reads the article", condensing: "facts of each part are collected", writing: "the model writes", repairing: "what does not hold is written again", translating: "the summary is translated",
    dropped: "facts left out because they did not hold: {n}",
    done: "done in {s} s", cached: "this answer was kept from before", stopped: "stopped",
    empty: "Paste the text of an article first.", noLanguage: "Choose at least one language.",
    broken: "The connection broke off. Is stislo still running?", cites: "sentence {n}",
    number_not_in_source: "a number that the article does not have", name_not_in_source: "a name that the article does not have",
    wrong_language: "not in the language asked for", evidence_weak: "the cited sentence says little of this",
    citation_corrected: "another sentence says it than the one it cited", negation_changed: "the article says the opposite",
    attribution_changed: "whose word it is, or a doubt, got lost", quotation_changed: "not quoted in these words",
    word_unknown: "no word of the language, and not in the article", unsupported: "no sentence of the article says it",
    meaning_changed: "the article says something else", name_changed: "the article has another name",
    role_changed: "the article has it the other way round", context_missing: "needs the sentence before it to say what is meant", unit_changed: "the article has this number in another unit",
    date_changed: "the article has another date", instead: "the article has {text}",
    contradiction: "another fact gives another number",
    uncited: "cites no sentence", truncated: "missing or broken off", repeated: "said before",
    writes_poorly: "{model} writes this language poorly", writes_with_mistakes: "{model} writes this language with mistakes",
    language_not_written: "{model} could not write this in this language: too little of it held",
    quoted: "Quoted from the article: {parts}", headline: "headline", summary: "summary",
    thisModel: "this model", better: "better: stislo models pull {models}", or: " or ",
    orders: "The text gives orders to a language model. It was not shown these sentences: {n}.",
  },
  uk: {
    motto: "стаття стисло, трьома мовами, на цій машині",
    interface: "Мова цієї сторінки", paste: "Вставте всю сторінку або її код чи перетягніть сюди файл",
    hint: "Меню, повідомлення про cookie та заклики можна не прибирати: їх буде пропущено.",
    languages: "Писати", length: "Виклад", short: "короткий", medium: "середній", long: "довгий", facts: "Ключові факти",
    key: "Ключ API", file: "Файл:", go: "Стисло", stop: "Зупинити", copyText: "Копіювати як текст", copyMarkdown: "Копіювати як Markdown",
    copied: "Скопійовано.", notCopied: "Браузер цього не дозволив.", source: "Стаття, як її прочитано",
    click: "Натисніть на факт, і речення, на які він спирається, підсвітяться.", comparison: "Мови поруч",
    privacy: "Ніщо не залишає цієї машини, крім відповіді вам.",
    sending: "надсилання", waiting: "очікування черги", reading: "модель читає статтю", condensing: "збираються факти кожної частини", writing: "модель пише", repairing: "хибне пишеться знову", translating: "виклад перекладається",
    dropped: "пропущено хибних фактів: {n}",
    done: "готово за {s} с", cached: "цю відповідь збережено раніше", stopped: "зупинено",
    empty: "Спершу вставте текст статті.", noLanguage: "Виберіть принаймні одну мову.",
    broken: "З’єднання перервано. Чи stislo ще працює?", cites: "речення {n}",
    number_not_in_source: "числа немає в статті", name_not_in_source: "імені немає в статті",
    wrong_language: "не тією мовою", evidence_weak: "наведене речення мало про це каже",
    citation_corrected: "про це каже інше речення, ніж було наведено", negation_changed: "стаття каже протилежне",
    attribution_changed: "зникло, чиї це слова, або сумнів у них", quotation_changed: "у статті цитата звучить інакше",
    word_unknown: "такого слова немає ні в мові, ні в статті", unsupported: "жодне речення статті цього не каже",
    meaning_changed: "у статті сказано інше", name_changed: "у статті інше ім'я або назва",
    role_changed: "у статті навпаки", context_missing: "без попереднього речення не зрозуміло, про що мова", unit_changed: "у статті це число в іншій одиниці",
    date_changed: "у статті інша дата", instead: "у статті: {text}",
    contradiction: "інший факт називає інше число",
    uncited: "без посилання на речення", truncated: "немає або обірвано", repeated: "уже сказано",
    writes_poorly: "{model} погано пише цією мовою", writes_with_mistakes: "{model} пише цією мовою з помилками",
    language_not_written: "{model} не впоралась із цією мовою: надто мало з написаного підтвердилося",
    quoted: "Слова самої статті: {parts}", headline: "заголовок", summary: "підсумок",
    thisModel: "ця модель", better: "краще: stislo models pull {models}", or: " або ",
    orders: "Текст дає вказівки мовній моделі. Цих речень їй не показано: {n}.",
  },
  ru: {
    motto: "статья вкратце, на трёх языках, на этой машине",
    interface: "Язык этой страницы", paste: "Вставьте всю страницу или её код либо перетащите сюда файл",
    hint: "Меню, сообщения о cookie и призывы можно не убирать: они будут пропущены.",
    languages: "Писать", length: "Изложение", short: "короткое", medium: "среднее", long: "длинное", facts: "Ключевые факты",
    key: "Ключ API", file: "Файл:", go: "Вкратце", stop: "Остановить", copyText: "Копировать как текст", copyMarkdown: "Копировать как Markdown",
    copied: "Скопировано.", notCopied: "Браузер этого не разрешил.", source: "Статья, как она прочитана",
    click: "Нажмите на факт, и предложения, на которых он основан, подсветятся.", comparison: "Языки рядом",
    privacy: "Ничто не покидает эту машину, кроме ответа вам.",
    sending: "отправка", waiting: "ожидание очереди", reading: "модель читает статью", condensing: "собираются факты каждой части", writing: "модель пишет", repairing: "неверное пишется заново", translating: "изложение переводится",
    dropped: "пропущено неверных фактов: {n}",
    done: "готово за {s} с", cached: "этот ответ сохранён раньше", stopped: "остановлено",
    empty: "Сначала вставьте текст статьи.", noLanguage: "Выберите хотя бы один язык.",
    broken: "Соединение прервано. Работает ли ещё stislo?", cites: "предложение {n}",
    number_not_in_source: "числа нет в статье", name_not_in_source: "имени нет в статье",
    wrong_language: "не на том языке", evidence_weak: "указанное предложение мало об этом говорит",
    citation_corrected: "об этом говорит другое предложение, не указанное", negation_changed: "статья говорит противоположное",
    attribution_changed: "пропало, чьи это слова, или сомнение в них", quotation_changed: "в статье цитата звучит иначе",
    word_unknown: "такого слова нет ни в языке, ни в статье", unsupported: "ни одно предложение статьи этого не говорит",
    meaning_changed: "в статье сказано другое", name_changed: "в статье другое имя или название",
    role_changed: "в статье наоборот", context_missing: "без предыдущего предложения неясно, о чём речь", unit_changed: "в статье это число в другой единице",
    date_changed: "в статье другая дата", instead: "в статье: {text}",
    contradiction: "другой факт называет другое число",
    uncited: "без ссылки на предложение", truncated: "отсутствует или оборвано", repeated: "уже сказано",
    writes_poorly: "{model} плохо пишет на этом языке", writes_with_mistakes: "{model} пишет на этом языке с ошибками",
    language_not_written: "{model} не справилась с этим языком: слишком мало из написанного подтвердилось",
    quoted: "Слова самой статьи: {parts}", headline: "заголовок", summary: "итог",
    thisModel: "эта модель", better: "лучше: stislo models pull {models}", or: " или ",
    orders: "Текст даёт указания языковой модели. Эти предложения ей не показаны: {n}.",
  },
};
const NAMES = { en: "English", uk: "Українська", ru: "Русский" };

const at = (id) => document.getElementById(id);
let words = WORDS.en;
let asking = null;   // the AbortController of the request under way
let columns = {};    // by language: the elements, the raw text, and the whole summary once it is there
let sentences = [];  // the elements of the article's sentences, from 1
let answer = null;   // the whole answer

function make(tag, text, name) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (name) element.className = name;
  return element;
}

function speak(language) {
  words = WORDS[language];
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = words[element.dataset.say];
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", words[element.dataset.label]);
  for (const element of document.querySelectorAll("[data-hint]")) element.placeholder = words[element.dataset.hint];
  for (const button of document.querySelectorAll("[data-interface]")) {
    button.setAttribute("aria-pressed", String(button.dataset.interface === language));
  }
  for (const column of Object.values(columns)) if (column.whole) showSummary(column.whole);
  if (answer) showWarnings();
  try { localStorage.setItem("interface", language); } catch { /* storage may be off */ }
}

function say(stage, part) {
  at("stage").textContent = stage;
  at("bar").hidden = part === undefined;
  if (part !== undefined) at("bar").value = part;
}

function fail(text) {
  at("problem").textContent = text;
  at("problem").hidden = false;
}

function begin(languages) {
  columns = {};
  sentences = [];
  answer = null;
  at("copy-text").disabled = at("copy-markdown").disabled = true;
  at("problem").hidden = true;
  at("comparison").hidden = true;
  at("warnings").hidden = true;
  at("copied").textContent = "";
  at("article").replaceChildren();
  at("columns").replaceChildren();
  for (const code of languages) {
    const box = make("section", undefined, "column");
    box.lang = code;
    const column = { headline: make("h3", "", "draft"), summary: make("p", "", "draft"), facts: make("ul"), findings: make("div"), warnings: make("div"), raw: "", whole: null };
    box.append(make("h2", NAMES[code]), column.warnings, column.headline, column.summary, column.facts, column.findings);
    at("columns").append(box);
    columns[code] = column;
  }
}

// The article's sentences by their byte offsets, which count UTF-8, where strings here count UTF-16.
function showArticle(article) {
  const bytes = new TextEncoder().encode(article.text);
  const part = (start, end) => new TextDecoder().decode(bytes.subarray(start, end));
  const box = at("article");
  box.lang = article.language;
  box.replaceChildren();
  if (article.title) box.append(make("h3", article.title));
  let paragraph = make("p");
  let last = 0;
  sentences = [null];
  for (const { start, end } of article.sentences) {
    const between = part(last, start);
    if (between.includes("\n\n") && paragraph.childNodes.length) {
      box.append(paragraph);
      paragraph = make("p");
    } else if (between) {
      paragraph.append(between);
    }
    const sentence = make("span", part(start, end));
    paragraph.append(sentence);
    sentences.push(sentence);
    last = end;
  }
  paragraph.append(part(last, bytes.length));
  box.append(paragraph);
  at("answer").hidden = false;
}

// What the model writes, as it comes: the first line, the second, and the rest is facts that come checked.
function showDelta({ language, text }) {
  const column = columns[language];
  if (!column || column.whole) return;
  column.raw += text;
  const lines = column.raw.split("\n").filter(Boolean);
  column.headline.textContent = lines[0] || "";
  column.summary.textContent = lines[1] || "";
}

// A citation that was corrected is no flaw of its fact any more: it is for programs alone.
function shown(findings) {
  return findings.filter((finding) => finding.kind !== "citation_corrected");
}

function findingText(finding) {
  const text = words[finding.kind] || finding.kind;
  const said = finding.value ? `${text}: ${finding.value}` : text;
  return "! " + (finding.instead ? `${said}; ${words.instead.replace("{text}", finding.instead)}` : said);
}

// What a reader should know of the language of a summary, in the language of the page.
function warningText(warning) {
  const text = words[warning.code];
  if (!text) return "! " + warning.message;
  const model = answer ? answer.model.name : words.thisModel;
  const better = warning.better.length ? "; " + words.better.replace("{models}", warning.better.join(words.or)) : "";
  return "! " + text.replace("{model}", model) + better;
}

// What a reader should know of the whole answer. What concerns orders in the text stands last, and is said here in the
// language of the page.
function showWarnings() {
  const orders = answer.source.orders || [];
  const others = orders.length ? answer.warnings.slice(0, -1) : answer.warnings;
  const said = orders.length ? [words.orders.replace("{n}", orders.map((n) => `[${n}]`).join(" "))] : [];
  at("warnings").textContent = [...others, ...said].join(" ");
  at("warnings").hidden = answer.warnings.length === 0;
}

function factItem(fact) {
  const item = make("li");
  const button = make("button", undefined, "fact");
  const cited = fact.evidence.map((it) => it.sentence);
  button.type = "button";
  button.setAttribute("aria-pressed", "false");
  const mark = make("span", `[${cited.length ? cited.join(", ") : "?"}]`, "cited");
  mark.title = cited.map((n) => words.cites.replace("{n}", n)).join(", ");
  button.append(mark, fact.text);
  button.addEventListener("click", () => light(button, cited));
  item.append(button);
  for (const finding of shown(fact.findings)) item.append(make("span", findingText(finding), "finding"));
  return item;
}

function light(button, cited) {
  const on = button.getAttribute("aria-pressed") !== "true";
  for (const other of document.querySelectorAll(".fact")) other.setAttribute("aria-pressed", "false");
  for (const mark of at("article").querySelectorAll("mark")) mark.replaceWith(...mark.childNodes);
  if (!on) return;
  button.setAttribute("aria-pressed", "true");
  let first = null;
  for (const number of cited) {
    const sentence = sentences[number];
    if (!sentence) continue;
    const mark = make("mark", sentence.textContent);
    sentence.replaceChildren(mark);
    first = first || mark;
  }
  if (first) first.scrollIntoView({ block: "nearest" });
}

function showFact({ language, index, fact }) {
  const column = columns[language];
  if (!column || index < column.facts.children.length) return;
  column.facts.append(factItem(fact));
}

function showSummary(summary) {
  const column = columns[summary.language];
  if (!column) return;
  column.whole = summary;
  column.headline.textContent = summary.headline;
  column.summary.textContent = summary.summary;
  column.headline.className = column.summary.className = "";
  column.facts.replaceChildren(...summary.key_facts.map(factItem));
  column.warnings.replaceChildren(...(summary.warnings || []).map((warning) => make("span", warningText(warning), "finding")));
  column.warnings.lang = document.documentElement.lang;
  column.findings.replaceChildren(...shown(summary.findings).map((finding) => make("span", findingText(finding), "finding")));
  const quoted = (summary.quoted || []).map((part) => words[part]);
  if (quoted.length) column.findings.append(make("span", words.quoted.replace("{parts}", quoted.join(", ")), "finding"));
  if (summary.dropped) column.findings.append(make("span", words.dropped.replace("{n}", summary.dropped), "finding"));
}

// One row for each group of facts that rest on the same sentences.
function showComparison(comparison) {
  at("comparison").hidden = !comparison;
  if (!comparison) return;
  const codes = answer.summaries.map((summary) => summary.language);
  const head = make("tr");
  head.append(make("th", "#"), ...codes.map((code) => make("th", NAMES[code])));
  const rows = comparison.rows.map((row) => {
    const line = make("tr");
    line.append(make("td", row.sentences.join(", ")));
    for (const summary of answer.summaries) {
      const fact = summary.key_facts[row.facts[summary.language]];
      const cell = make("td", fact ? fact.text : "–");
      cell.lang = summary.language;
      line.append(cell);
    }
    return line;
  });
  at("comparison").querySelector("thead").replaceChildren(head);
  at("comparison").querySelector("tbody").replaceChildren(...rows);
}

function showAnswer(whole) {
  answer = whole;
  at("copy-text").disabled = at("copy-markdown").disabled = false;
  whole.summaries.forEach(showSummary);
  showComparison(whole.comparison);
  showWarnings();
  const seconds = (whole.timings.total_ms / 1000).toFixed(1);
  say(whole.timings.completion_tokens ? words.done.replace("{s}", seconds) : words.cached);
}

function showEvent(name, data) {
  switch (name) {
    case "accepted": return showArticle(data.article);
    case "progress": return say(words[data.stage] || data.stage, data.total ? data.done / data.total : undefined);
    case "delta": return showDelta(data);
    case "fact": return showFact(data);
    case "summary": return showSummary(data);
    case "done": return showAnswer(data.answer);
    case "error": say(""); return fail(data.problem.detail);
  }
}

// Server-sent events over fetch, because EventSource cannot POST.
async function readEvents(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let last = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return last;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const field = (name) => block.split("\n").filter((line) => line.startsWith(name + ":")).map((line) => line.slice(name.length + 1).trimStart()).join("\n");
      if (!field("data")) continue;
      last = field("event");
      showEvent(last, JSON.parse(field("data")));
    }
  }
}

async function ask(body) {
  const headers = { "Content-Type": "application/json" };
  if (at("key").value) headers.Authorization = `Bearer ${at("key").value}`;
  const response = await fetch("/v1/summarize", { method: "POST", headers, body: JSON.stringify(body), signal: asking.signal });
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    if (response.status === 401) {
      at("keyed").hidden = false;
      at("key").focus();
    }
    say("");
    return fail(problem.detail || `${response.status} ${response.statusText}`);
  }
  const last = await readEvents(response.body);
  if (last !== "done" && last !== "error") throw new TypeError("the stream broke off");
}

async function submit(event) {
  event.preventDefault();
  const text = at("text").value;
  const languages = [...document.querySelectorAll("[name=language]:checked")].map((box) => box.value);
  begin(languages);
  if (!text.trim()) { say(""); at("text").focus(); return fail(words.empty); }
  if (!languages.length) { say(""); return fail(words.noLanguage); }
  const kind = /^\s*(<!doctype html|<html|<head|<body|<\?xml)/i.test(text) ? "html" : "text";
  asking = new AbortController();
  at("go").disabled = true;
  at("stop").hidden = false;
  say(words.sending);
  try {
    await ask({ [kind]: text, languages, facts: Number(at("facts").value) || 5, length: at("length").value, stream: true });
  } catch (error) {
    say(error.name === "AbortError" ? words.stopped : "");
    if (error.name !== "AbortError") fail(words.broken);
  } finally {
    at("go").disabled = false;
    at("stop").hidden = true;
  }
}

function asText() {
  return answer.summaries.map((summary) => {
    const facts = summary.key_facts.map((fact) => `- ${fact.text} [${fact.evidence.map((it) => it.sentence).join(", ") || "?"}]`);
    return [summary.headline, "", summary.summary, "", ...facts].join("\n");
  }).join("\n\n");
}

function asMarkdown() {
  const plain = (text) => text.replace(/[\\`*_[\]<>#|]/g, "\\$&");
  return answer.summaries.map((summary) => {
    const facts = summary.key_facts.map((fact) => `- ${plain(fact.text)} ${plain(`[${fact.evidence.map((it) => it.sentence).join(", ") || "?"}]`)}`);
    return [`## ${plain(summary.headline)}`, "", plain(summary.summary), "", ...facts].join("\n");
  }).join("\n\n");
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text());
    at("copied").textContent = words.copied;
  } catch {
    at("copied").textContent = words.notCopied;
  }
}

// A file is read as UTF-8, or as what old Cyrillic pages are when it is not.
async function take(file) {
  if (!file) return;
  const bytes = await file.arrayBuffer();
  try {
    at("text").value = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    at("text").value = new TextDecoder("windows-1251").decode(bytes);
  }
}

at("form").addEventListener("submit", submit);
at("stop").addEventListener("click", () => asking?.abort());
at("copy-text").addEventListener("click", () => copy(asText));
at("copy-markdown").addEventListener("click", () => copy(asMarkdown));
at("file").addEventListener("change", (event) => take(event.target.files[0]));
at("text").addEventListener("dragover", (event) => { event.preventDefault(); at("text").classList.add("over"); });
at("text").addEventListener("dragleave", () => at("text").classList.remove("over"));
at("text").addEventListener("drop", (event) => {
  at("text").classList.remove("over");
  if (!event.dataTransfer.files.length) return;
  event.preventDefault();
  take(event.dataTransfer.files[0]);
});
at("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) at("form").requestSubmit();
});
for (const button of document.querySelectorAll("[data-interface]")) {
  button.addEventListener("click", () => speak(button.dataset.interface));
}

let wanted = null;
try { wanted = localStorage.getItem("interface"); } catch { /* storage may be off */ }
speak([wanted, ...navigator.languages.map((tag) => tag.slice(0, 2))].find((code) => WORDS[code]) || "en");
