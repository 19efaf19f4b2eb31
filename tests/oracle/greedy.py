"""Six chats with a real ChatML model, decoded greedily by llama.cpp: two tasks in English, Ukrainian and Russian.

    python greedy.py MODEL.gguf [COMPACT.json] > full.json

The full JSON has the two largest logits of every step; the compact one, for a Rust test, only their gap: where it is
small, another engine may rightly choose the other token, and what follows is then another text.
"""

import json
import sys
from pathlib import Path

import llama_cpp
import numpy as np

from llama import Model

STEPS, CONTEXT, THREADS = 64, 2048, 2

ARTICLES = {
    "en": """The small harbour town of Brenmouth will get its first new lighthouse in more than a century. The council \
voted nine to four on Monday evening for a steel tower of 31 metres on the northern breakwater, where two fishing boats \
ran aground in fog last winter. Work is to begin in March and to take fourteen months.

The tower will cost 2.4 million pounds. Half of the money comes from the national harbour fund, and the rest from a loan \
that the town will pay back over twenty years. Councillor Maud Ferris, who voted against, said that the same sum would \
have repaired every pier in the town.

Harbour master Owen Tallis called the decision late but right. "We have asked for this light since 1998," he said. \
"Boats are faster now, and the channel is narrower than the old charts show." The old lighthouse, built in 1887, will \
become a museum of rescue at sea.""",
    "uk": """У селі Веселий Яр на Полтавщині після ремонту знову запрацював млин, який простояв зачиненим майже тридцять \
років. Його відновили двоє братів, Остап і Левко Гайдученки: торік вони викупили будівлю в громади за 310 тисяч гривень \
і власноруч перебрали механізм.

Млин збудували ще 1912 року. Він меле до двох тонн зерна на добу, а струм отримує від невеликої турбіни на річці. \
Борошно брати продають у семи сусідніх селах і возять до пекарні в Миргороді. Навесні вони обіцяють узяти на роботу ще \
чотирьох людей.

«Нас питали, навіщо нам той мотлох, – розповідає Левко. – А дід наш тут мірошником був, і ми пам'ятаємо запах теплого \
борошна». Сільська голова Ганна Пилипчук каже, що в суботу до млина приїздять школярі: для них проводять безплатні \
екскурсії. Громада сподівається, що влітку сюди повернуться й туристи.""",
    "ru": """В Карельске после трёх лет работ открылся пешеходный мост через реку Суну. Его длина – 184 метра, ширина – \
пять; по левой стороне проложена дорожка для велосипедов. Прежний деревянный мост снесло весенним паводком, и жителям \
правого берега приходилось добираться до школы и больницы в объезд, за двенадцать километров.

Строительство обошлось в 96 миллионов рублей. Первый подрядчик ушёл с объекта, не закончив опоры, и срок сдачи \
переносили дважды. Второй нашли только в прошлом году; он заменил сваи и поставил пролёты за восемь месяцев.

На открытие пришло около тысячи человек. «Раньше я вставал в пять утра, чтобы успеть к первому уроку, а теперь иду \
двадцать минут», – говорит учитель физики Пётр Ольхин. Архитектор Вера Синицына рассказала, что зимой мост будут \
подсвечивать, а перила покрыли составом, к которому не примерзает снег.""",
}
# The model answers the first task by copying the article (large gaps, long equal runs), the second in words of its own
# (many near-ties: feed it the stored ids rather than let it run on).
TASKS = {
    "en": (
        "Summarise the article in two sentences.",
        "Write a headline of your own, then three key facts as a list, in your own words.",
    ),
    "uk": (
        "Стисло перекажи статтю двома реченнями українською.",
        "Придумай заголовок, а тоді назви три головні факти списком, українською і своїми словами.",
    ),
    "ru": (
        "Кратко перескажи статью двумя предложениями на русском.",
        "Придумай заголовок, а затем назови три главных факта списком, по-русски и своими словами.",
    ),
}


def prompt(task, article):
    """One user turn in ChatML, the assistant's turn opened. No BOS: Qwen2 has none."""
    system = "<|im_start|>system\nYou are a careful editor.<|im_end|>\n"
    return f"{system}<|im_start|>user\n{article}\n\n{task}<|im_end|>\n<|im_start|>assistant\n"


def decode(model, ids):
    """STEPS greedy tokens, not stopping at the end of the turn, and the two largest logits at each."""
    model.clear()
    row, out, steps = model.forward(ids, 0)[0], [], []
    while len(out) < STEPS:
        second, first = (int(i) for i in np.argsort(row)[-2:])
        steps.append({"ids": [first, second], "logits": [float(row[first]), float(row[second])]})
        out.append(first)
        row = model.forward([first], len(ids) + len(out) - 1)[0]
    return out, steps


def chat(model, language, task):
    """One chat, decoded."""
    text = prompt(task, ARTICLES[language])
    ids = model.tokenize(text, specials=True)
    out, steps = decode(model, ids)
    for step in steps:
        step["gap"] = step["logits"][0] - step["logits"][1]
    print(language, len(ids), "tokens; smallest gap", min(step["gap"] for step in steps), file=sys.stderr)
    return {
        "language": language,
        "prompt": text,
        "prompt_ids": ids,
        "ids": out,
        "text": model.text(out),
        "steps": steps,
    }


def brief(chat):
    """A chat on one line, the steps as their gaps."""
    short = {key: value for key, value in chat.items() if key != "steps"}
    short["gaps"] = [round(step["gap"], 3) for step in chat["steps"]]
    return json.dumps(short, ensure_ascii=False, separators=(",", ":"))


def main():
    model = Model(sys.argv[1], context=CONTEXT, threads=THREADS)
    chats = [chat(model, language, TASKS[language][n]) for n in (0, 1) for language in ARTICLES]
    oracle = f"llama-cpp-python {llama_cpp.__version__}, CPU, {THREADS} threads, f32 cache, no flash attention"
    json.dump({"oracle": oracle, "chats": chats}, sys.stdout, ensure_ascii=False, indent=1)
    if len(sys.argv) > 2:
        lines = ",\n".join(f"  {brief(chat)}" for chat in chats)
        Path(sys.argv[2]).write_text(f'{{\n "oracle": {json.dumps(oracle)},\n "chats": [\n{lines}\n ]\n}}\n')


if __name__ == "__main__":
    main()
