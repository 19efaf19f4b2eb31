//! The phrases by which page furniture is known, in English, Ukrainian and Russian.
//!
//! They are written as `block::key_of` leaves a text: lower case, straight apostrophes, е for ё. Three strengths:
//! a label is a whole block, an opening begins one, a mark stands anywhere in a short one. Cues prove little alone;
//! a long block is dropped only when several of one family meet. How they are applied is written in `furniture`.

use super::Reason;

/// Phrases of one kind, for one reason.
pub(super) struct Phrases {
    pub(super) reason: Reason,
    /// True when nothing of the article follows such a block.
    pub(super) ends: bool,
    pub(super) list: &'static [&'static str],
}

const fn inside(reason: Reason, list: &'static [&'static str]) -> Phrases {
    Phrases { reason, ends: false, list }
}

const fn ending(reason: Reason, list: &'static [&'static str]) -> Phrases {
    Phrases { reason, ends: true, list }
}

/// Whole blocks, after numbers and punctuation around them are taken off.
#[rustfmt::skip]
pub(super) const LABELS: &[Phrases] = &[
    inside(Reason::Advertisement, &[
        "advertisement", "advertising", "ad", "ads", "sponsored", "sponsored content", "promoted", "story continues below",
        "article continues below", "реклама", "на правах реклами", "на правах рекламы", "партнерський матеріал",
        "партнерский материал", "спонсор", "спонсоруємо", "спонсируем",
    ]),
    inside(Reason::Related, &[
        "related", "related articles", "related stories", "related news", "related posts", "related content", "related topics",
        "read more", "read also", "see also", "also read", "more on this", "more on this story", "you may also like",
        "you might also like", "recommended", "recommended for you", "читайте також", "читайте також на тему", "дивіться також",
        "до теми", "за темою", "по темі", "все по темі", "більше по темі", "більше на тему", "схожі новини", "схожі матеріали",
        "пов'язані новини", "пов'язані матеріали", "теми", "теги", "tags", "topics", "рекомендуємо", "радимо почитати",
        "читайте также", "читать также", "смотрите также", "также по теме", "по теме", "больше по теме", "все по теме",
        "похожие новости", "похожие материалы", "материалы по теме", "новости по теме", "связанные материалы", "темы",
        "рекомендуем", "детальніше", "подробнее", "дивись також", "смотри также", "сюжет", "сюжеты", "сюжети",
    ]),
    ending(Reason::Related, &[
        "more stories", "more news", "more articles", "most popular", "most popular stories", "most read", "popular now",
        "trending", "trending now", "latest news", "latest stories", "latest articles", "top stories", "editor's picks",
        "from our partners", "partner news", "around the web", "next article", "previous article", "останні новини", "інші новини",
        "більше новин", "усі новини", "всі новини", "популярне", "популярні новини", "найпопулярніше", "головні новини", "топ новини",
        "новини партнерів", "новини за темою", "вибір редакції", "наступна стаття", "попередня стаття", "последние новости",
        "другие новости", "больше новостей", "все новости", "популярное", "популярные новости", "самое популярное",
        "самое читаемое", "главные новости", "новости партнеров", "выбор редакции", "следующая статья", "предыдущая статья",
    ]),
    inside(Reason::Share, &[
        "share", "share this", "share this article", "share this story", "share on facebook", "share on twitter", "tweet", "print",
        "copy link", "email", "save", "facebook", "twitter", "telegram", "whatsapp", "viber", "instagram", "linkedin", "youtube",
        "pinterest", "reddit", "google", "google news", "tiktok", "messenger", "vkontakte", "вконтакте", "одноклассники", "rss",
        "поділитися", "поділитись", "поширити", "надіслати", "друкувати", "версія для друку", "поделиться", "отправить",
        "распечатать", "печать", "версия для печати", "скопировать ссылку", "копіювати посилання", "follow us", "follow",
        "слідкуйте за нами", "следите за нами", "мы в соцсетях", "ми в соцмережах", "livejournal", "threads", "bluesky", "x",
    ]),
    ending(Reason::Comments, &[
        "comments", "comment", "leave a comment", "leave a reply", "add a comment", "join the conversation", "view comments",
        "коментарі", "коментар", "коментувати", "додати коментар", "залишити коментар", "прокоментувати", "обговорення",
        "комментарии", "комментарий", "комментировать", "добавить комментарий", "оставить комментарий", "обсуждение",
    ]),
    inside(Reason::Subscription, &[
        "subscribe", "subscribe now", "sign up", "sign in", "log in", "login", "log out", "register", "newsletter", "newsletters",
        "subscriptions", "get the newsletter", "my account", "підписатися", "підписатись", "підписка", "увійти", "вхід",
        "реєстрація", "розсилка", "підписуйтесь", "подписаться", "подписка", "войти", "вход", "регистрация", "рассылка",
        "подписывайтесь", "remember me", "forgot your password", "claim offer", "free trial",
    ]),
    inside(Reason::Donation, &[
        "donate", "donate now", "support us", "support our work", "become a patron", "become a member", "підтримати", "підтримати нас",
        "підтримайте нас", "задонатити", "зробити внесок", "поддержать", "поддержать нас", "поддержите нас", "сделать взнос",
    ]),
    inside(Reason::Menu, &[
        "menu", "home", "search", "skip to content", "skip to main content", "back to top", "about us", "about", "contact",
        "contact us", "contacts", "advertise", "advertise with us", "help", "site map", "sitemap", "careers", "loading", "close",
        "next", "previous", "show more", "load more", "view all", "see all", "меню", "головна", "пошук", "перейти до вмісту",
        "вгору", "нагору", "про нас", "контакти", "реклама на сайті", "контактна інформація", "завантаження", "показати ще",
        "завантажити ще", "архів", "архів новин", "главная", "поиск", "перейти к содержанию", "наверх", "о нас", "контакты",
        "реклама на сайте", "загрузка", "загружается подождите", "показать еще", "загрузить еще", "архив", "архив новостей",
        "live", "video", "photo", "photos", "відео", "фото", "видео", "listen", "слухати", "слушать", "html",
        "перейти на главную", "далее", "далі", "rss",
    ]),
    inside(Reason::Cookies, &[
        "privacy", "privacy policy", "cookie policy", "cookies", "privacy and cookie policies", "cookie settings", "manage cookies",
        "accept", "accept all", "accept cookies", "terms of use", "terms of service", "terms and conditions", "terms",
        "політика конфіденційності", "політика приватності", "правила користування", "умови використання", "прийняти",
        "прийняти всі", "політика конфіденційності та cookies", "политика конфиденциальности", "пользовательское соглашение", "правила пользования",
        "условия использования", "принять", "принять все",
    ]),
];

/// Beginnings of blocks. A colon at the end of a phrase makes it safe in front of a full sentence too.
#[rustfmt::skip]
pub(super) const OPENINGS: &[Phrases] = &[
    inside(Reason::Related, &[
        "read also:", "read more:", "read next:", "read:", "see also:", "also read:", "related:", "related article", "more:", "watch:",
        "listen:", "don't miss:", "recommended:", "explained:", "tags:", "topics:", "filed under", "читайте також:", "читайте також",
        "читайте:", "читати також", "дивіться також", "дивіться:", "до теми:", "за темою:", "теги:", "теми:", "більше про це",
        "більше новин", "рекомендуємо:", "раніше на тему", "читайте также:", "читайте также", "читать также", "читайте еще",
        "смотрите также", "смотрите:", "по теме:", "также по теме", "теги:", "темы:", "больше новостей", "рекомендуем:",
        "ранее по теме", "find out more", "keep reading", "top-теми", "топ-теми", "топ-темы", "read more about", "read the full",
        "click here to", "you can read more",
    ]),
    inside(Reason::Share, &[
        "share:", "share on", "share this", "share via", "follow us on", "like us on", "поділитися:", "поділитися в", "поділитись",
        "поширити", "підписуйтесь на наш", "підписуйтесь на канал", "підписуйтеся на наш", "слідкуйте за нами", "читайте нас",
        "читайте новини в", "поделиться:", "поделиться в", "следите за нами", "подписывайтесь на наш", "подписывайтесь на канал", "мы в ",
        "ми в ", "наш telegram", "наш телеграм", "долучайтеся до нашого", "join us on", "join our telegram",
    ]),
    inside(Reason::Subscription, &[
        "subscribe to", "subscribe now", "subscribe for", "sign up for", "sign up to", "login with", "login using", "log in to",
        "get unlimited", "get the latest", "get our", "try 1 month", "start your free", "already a subscriber", "already have an account",
        "this article is for subscribers", "start a subscription", "register for", "forgot your", "підпишіться на", "підписатися на",
        "підпишись на", "щоб читати далі", "подпишитесь на", "подписаться на", "подпишись на", "подписка на", "оформите подписку",
        "чтобы читать дальше", "рассылки ",
    ]),
    inside(Reason::Correction, &[
        "found a mistake", "found a typo", "found an error", "spotted a mistake", "spotted an error", "to suggest a correction",
        "you can also highlight the text", "please leave your suggestions", "report an error", "report a typo", "report a mistake",
        "знайшли помилку", "помітили помилку", "якщо ви знайшли помилку", "якщо ви помітили", "якщо помітили помилку", "побачили помилку",
        "нашли ошибку", "заметили ошибку", "если вы нашли ошибку", "если вы заметите", "если вы заметили", "увидели ошибку",
        "сообщить об ошибке", "повідомити про помилку",
    ]),
    inside(Reason::Cookies, &[
        "we use cookies", "this site uses cookies", "this website uses cookies", "by continuing to use", "by clicking", "privacy and cookie",
        "ми використовуємо файли cookie", "ми використовуємо cookie", "цей сайт використовує", "сайт використовує cookie", "продовжуючи користуватися",
        "мы используем файлы cookie", "мы используем cookie", "этот сайт использует", "сайт использует cookie", "продолжая пользоваться",
    ]),
    inside(Reason::Donation, &[
        "support our", "donate to", "become a patron", "підтримайте нас", "підтримайте наш", "підтримайте редакцію", "підтримати редакцію",
        "станьте патроном", "поддержите нас", "поддержите наш", "поддержите редакцию", "станьте патроном", "the work of this",
    ]),
    inside(Reason::Copyright, &[
        "©", "(c) ", "copyright", "all rights reserved", "усі права захищен", "всі права захищен", "все права защищен",
        "передрук", "перепечатка", "копіювання матеріалів", "копирование материалов", "використання матеріалів", "использование материалов",
        "при цитуванні", "при цитировании", "будь-яке використання", "любое использование", "when referencing our", "свидетельство о регистрации",
        "свидетельства о регистрации", "постоянный адрес",
    ]),
    inside(Reason::Caption, &[
        "photo:", "photo by", "photos:", "image:", "image credit", "picture:", "file photo", "video:", "screenshot:", "illustration:",
        "photograph:", "caption:", "фото:", "фото -", "фото –", "фото —", "відео:", "видео:", "скріншот:", "скриншот:", "ілюстрація:",
        "иллюстрация:", "ілюстративне фото", "иллюстративное фото", "на фото:", "світлина:", "колаж:", "коллаж:", "інфографіка:",
        "инфографика:", "джерело фото", "источник фото", "автор фото", "підпис до фото",
    ]),
    inside(Reason::Byline, &[
        "by:", "from:", "author:", "written by", "reported by", "published:", "published on", "updated:", "posted on", "posted by",
        "last updated", "last modified", "автор:", "автори:", "авторы:", "опубліковано", "оновлено", "опубликовано", "обновлено",
    ]),
    ending(Reason::Comments, &[
        "join the discussion", "log in to comment", "leave your comment", "to comment", "увійдіть, щоб коментувати",
        "щоб залишити коментар", "войдите, чтобы комментировать", "чтобы оставить комментарий",
    ]),
    ending(Reason::Credits, &[
        "this story was originally published", "this article was originally published", "this story first appeared", "about the author",
        "this article first appeared", "originally published", "цей матеріал уперше опубліковано", "про автора", "об авторе",
        "оригинал публикации",
    ]),
    inside(Reason::Credits, &["(reporting by", "with reporting by", "за матеріалами", "по материалам"]),
    inside(Reason::Menu, &["метеонова", "погода в", "карта сайта", "карта сайту"]),
];

/// Anywhere in a block that is no longer than two lines.
#[rustfmt::skip]
pub(super) const MARKS: &[Phrases] = &[
    inside(Reason::Copyright, &[
        "all rights reserved", "©", "усі права захищено", "всі права захищені", "усі права захищені", "все права защищены",
        "активне посилання", "активная ссылка", "гіперпосилання на", "гиперссылка на", "without written permission",
        "письмового дозволу редакції", "письменного разрешения", "may not be reproduced",
    ]),
    inside(Reason::Correction, &["ctrl+enter", "ctrl + enter", "ctrl-enter"]),
    inside(Reason::Cookies, &["cookie policy", "use of cookies", "your privacy choices", "opt-out here", "manage your preferences"]),
    inside(Reason::AdBlocker, &["ad blocker", "adblock", "блокувальник реклами", "блокировщик рекламы"]),
    inside(Reason::Credits, &[
        "contributed to this report", "contributed to this story", "contributed to this article", "contributed reporting",
        "editing by", "additional reporting", "with agency reports", "у статті використано матеріали",
    ]),
    inside(Reason::Subscription, &["our newsletter", "нашу розсилку", "нашу рассылку", "unlimited digital access"]),
    inside(Reason::Menu, &["please wait", "зачекайте", "materials 18+", "материалы 18+", "матеріали 18+"]),
];

/// Cues of one family: two together, spoken to the reader, make a long block furniture.
#[rustfmt::skip]
pub(super) const CUES: &[Phrases] = &[
    inside(Reason::Donation, &[
        "donat", "patron", "patreon", "support our", "support us", "support of readers", "readers like you", "help us", "cup of coffee",
        "our community", "independent journalism", "local journalism", "our newsroom", "our reporting", "owned by its readers", "paywall",
        "become a", "a little bit goes", "free information", "your support", "your contribution", "monthly", "a month",
        "донат", "патрон", "підтримайте", "підтримати", "вашої підтримки", "ваша підтримка", "чашки кави", "чашка кави", "нашу редакцію",
        "нашої редакції", "незалежна журналістика", "незалежну журналістику", "незалежної журналістики", "місцева журналістика",
        "належить своїм читачам", "читачів, як ви", "внесок", "на місяць", "платного доступу", "нашу роботу", "спільнот",
        "поддержите", "поддержать", "вашей поддержки", "ваша поддержка", "чашки кофе", "чашка кофе", "нашу редакцию", "нашей редакции",
        "независимая журналистика", "независимую журналистику", "местная журналистика", "принадлежит своим читателям",
        "читателей, как вы", "взнос", "в месяц", "платного доступа", "нашу работу", "сообществ",
    ]),
    inside(Reason::AdBlocker, &[
        "ad blocker", "adblock", "ad-blocker", "disabling", "disable", "whitelist", "advertising revenue", "your support", "блокувальник",
        "вимкніть", "вимкнути", "доходів від реклами", "прибутку від реклами", "блокировщик", "отключите", "отключить", "доходов от рекламы",
    ]),
    inside(Reason::Cookies, &[
        "cookie", "consent", "privacy policy", "personal data", "your experience", "personalis", "personaliz", "accept all",
        "політика конфіденційності", "політику конфіденційності", "персональних даних", "погоджуєтесь", "погоджуєтеся", "прийняти",
        "политика конфиденциальности", "политику конфиденциальности", "персональных данных", "соглашаетесь", "принять",
    ]),
    inside(Reason::Subscription, &[
        "subscribe", "subscription", "newsletter", "sign up", "your inbox", "your email", "unsubscribe", "every morning", "every evening",
        "підпишіться", "підписуйтесь", "підписуйтеся", "розсилк", "на пошту", "telegram-канал", "телеграм-канал", "щовечора", "щоранку",
        "подпишитесь", "подписывайтесь", "рассылк", "на почту", "каждый вечер", "каждое утро", "real-time updates", "palm of your hand",
    ]),
    inside(Reason::Comments, &[
        "comment", "moderat", "community guidelines", "house rules", "be respectful", "коментар", "модер", "правила спілкування",
        "комментари", "модер", "правила общения",
    ]),
];

/// Rules for reprinting speak to nobody, but two of these do not meet in an article.
#[rustfmt::skip]
pub(super) const REPRINT_CUES: &[&str] = &[
    "hyperlink", "active link", "reprint", "written permission", "may not be published", "rewritten or redistributed", "extract of the story",
    "referencing our materials", "all rights reserved", "reproduc", "without permission", "written consent",
    "передрук", "гіперпосилання", "активного посилання", "письмового дозволу", "письмової згоди", "за умови посилання", "усі права захищен",
    "всі права захищен", "використання матеріалів", "перепечатк", "гиперссылк", "активной ссылки", "письменного разрешения",
    "письменного согласия", "при условии ссылки", "все права защищен", "использование материалов", "на правах реклам", "свідоцтво", "свидетельство",
];

/// Words that speak to the reader or as the editors. News prose has them inside quotations only.
#[rustfmt::skip]
pub(super) const ADDRESS: &[&str] = &[
    "you", "your", "we", "our", "us", "please", "ви", "вас", "вам", "ваш", "ваша", "ваше", "ваші", "вашої", "вашу", "вами", "ми",
    "нас", "нам", "наш", "наша", "наше", "наші", "нашої", "нашу", "наших", "нашого", "вы", "ваши", "вашей", "мы", "наши", "нашей", "нашего",
    "пожалуйста", "прошу", "просимо", "просим",
];

/// What stands before the name of a photographer or an agency at the end of a caption.
#[rustfmt::skip]
pub(super) const CREDITS: &[&str] = &[
    "photo:", "photos:", "photo by", "photo courtesy", "photograph:", "image:", "picture:", "screenshot:", "source:", "credit:", "credits:",
    "courtesy of", "getty images", "/getty", "/ap photo", "(ap photo", "/reuters", "/afp", "via getty", "via reuters", "shutterstock",
    "фото:", "фото з", "фото -", "фото –", "фото —", "фото із", "фото из", "світлина:", "скріншот:", "скриншот:", "ілюстрація:", "иллюстрация:", "колаж:",
    "коллаж:", "джерело:", "джерело фото", "источник фото", "©", "уніан", "depositphotos", "pixabay", "unsplash", "wikimedia commons",
];

/// Words beside months and weekdays of a line that holds a date and little else.
#[rustfmt::skip]
pub(super) const DATE_WORDS: &[&str] = &[
    "am", "pm", "gmt", "utc", "est", "edt", "pst", "pdt", "cet", "eet", "updated", "published", "posted", "on", "at", "last", "min",
    "mins", "minutes", "read", "ago", "hours", "hour", "days", "views",
    "оновлено", "опубліковано", "читати", "хв", "хвилин", "хвилини", "тому", "годин", "години", "о", "об", "и", "переглядів",
    "обновлено", "опубликовано", "читать", "мин", "минут", "минуты", "назад", "часов", "часа", "в", "просмотров",
];
