package model

// phrases lists what a story of a language must not contain, in lower case: opening at the start of a text, anywhere at any position. A * at the end
// stands for any ending.
type phrases struct{ opening, anywhere []string }

// everywhere applies to every language: words about the writer or the source that models often do not translate.
var everywhere = []string{"wikipedia", "as an ai", "ai assistant", "language model", "chatgpt", "openai", "as a tour guide", "user's message",
	"this story is based on", "based on the provided", "word count", "rate this story", "subscribe to our", "subscribe to my"}

// labels stand before a text if the writer names its parts, whatever its language is.
var labels = []string{"story:*", "title:*", "text:*", "note:*", "answer:*", "place:*", "рассказ:*", "история:*", "заголовок:*", "текст:*", "название:*", "розповідь:*", "назва:*", "histoire:*", "récit:*",
	"titre:*", "texte:*", "historia:*", "título:*", "texto:*", "história:*", "geschichte:*", "titel:*", "storia:*", "racconto:*", "titolo:*", "testo:*", "opowieść:*", "tytuł:*", "tekst:*", "hikâye:*",
	"başlık:*", "metin:*", "故事：*", "故事:*", "标题：*", "标题:*", "物語：*", "タイトル：*", "이야기:*", "제목:*", "القصة:*", "العنوان:*", "कहानी:*", "शीर्षक:*"}

var forbiddenIn = map[string]phrases{
	"en": {
		[]string{"hello", "hi", "hey", "welcome", "greetings", "dear", "good morning", "good afternoon", "good evening", "ladies and gentlemen",
			"here is", "here's", "sure", "certainly", "of course", "let me", "did you know"},
		[]string{"according to the text", "according to the extract", "according to the source", "according to the data", "according to the article",
			"the extract", "the text says", "the text states", "the text mentions", "the article says", "the provided text", "the provided extract", "the given text",
			"i cannot", "i can't", "i'm sorry", "i don't have", "no information is given", "dear friends", "dear guests", "dear visitors"},
	},
	"ru": {
		[]string{"привет*", "здравствуй*", "добро пожаловать", "добрый день", "доброе утро", "добрый вечер", "дорогие друзья", "дорогие гости", "дорогой друг", "уважаемые", "уважаемый", "друзья,",
			"вот история", "конечно", "знаете ли вы", "давайте"},
		[]string{"википеди*", "согласно тексту", "согласно статье", "согласно источнику", "согласно отрывку", "согласно данным", "в тексте говорится", "в тексте сказано", "в тексте упомина*", "в отрывке", "в статье говорится",
			"как искусственный интеллект", "языковая модель", "я не могу", "дорогие друзья", "уважаемые гости", "нет информации", "подпишитесь на", "подписывайтесь на", "оцените рассказ"},
	},
	"uk": {
		[]string{"привіт*", "вітаю*", "вітаємо", "ласкаво просимо", "добрий день", "доброго ранку", "доброго дня", "добрий вечір", "дорогі друзі", "дорогі гості", "шановні", "друзі,", "ось історія", "звичайно", "чи знаєте ви"},
		[]string{"вікіпеді*", "згідно з текстом", "згідно зі статтею", "згідно з джерелом", "згідно з уривком", "згідно з даними", "у тексті йдеться", "в тексті йдеться", "у тексті згад*", "в уривку",
			"як штучний інтелект", "мовна модель", "я не можу", "дорогі друзі", "шановні гості", "немає інформації", "підпишіться на", "підписуйтесь на"},
	},
	"fr": {
		[]string{"bonjour", "bonsoir", "salut", "bienvenue", "chers amis", "chers visiteurs", "cher visiteur", "cher ami", "mesdames et messieurs", "voici l'histoire", "bien sûr", "saviez-vous"},
		[]string{"wikipédia", "selon le texte", "selon l'extrait", "selon la source", "selon l'article", "d'après le texte", "d'après l'extrait", "le texte indique", "l'extrait",
			"en tant qu'ia", "modèle de langage", "je ne peux pas", "chers amis", "chers visiteurs", "abonnez-vous"},
	},
	"pt": {
		[]string{"olá", "oi", "bom dia", "boa tarde", "boa noite", "bem-vindo*", "bem-vinda*", "caros amigos", "caros visitantes", "queridos", "senhoras e senhores", "aqui está a história", "claro", "você sabia"},
		[]string{"wikipédia", "segundo o texto", "de acordo com o texto", "segundo o extrato", "de acordo com o extrato", "segundo a fonte", "o texto diz", "o texto menciona",
			"como uma ia", "modelo de linguagem", "não posso", "queridos amigos", "caros amigos", "inscreva-se"},
	},
	"es": {
		[]string{"hola", "buenos días", "buenas tardes", "buenas noches", "bienvenid*", "queridos", "estimados", "señoras y señores", "aquí está la historia", "claro", "sabías que"},
		[]string{"según el texto", "de acuerdo con el texto", "según el extracto", "de acuerdo con el extracto", "según la fuente", "según el artículo", "el texto dice", "el texto menciona", //nolint:misspell // Spanish
			"como una ia", "modelo de lenguaje", "no puedo", "queridos amigos", "estimados visitantes", "suscríbete", "suscríbanse"},
	},
	"de": {
		[]string{"hallo", "guten tag", "guten morgen", "guten abend", "willkommen", "herzlich willkommen", "liebe freunde", "liebe gäste", "liebe besucher", "lieber besucher", "sehr geehrte", "meine damen und herren", "hier ist die geschichte", "natürlich,", "natürlich!", "wussten sie"},
		[]string{"laut dem text", "laut text", "laut dem auszug", "laut auszug", "laut der quelle", "laut dem artikel", "dem text zufolge", "im text steht", "der auszug",
			"als ki", "sprachmodell", "ich kann nicht", "liebe freunde", "liebe besucher", "abonniere", "abonnieren sie"},
	},
	"it": {
		[]string{"ciao", "buongiorno", "buonasera", "salve", "benvenut*", "cari amici", "cari visitatori", "gentili", "signore e signori", "ecco la storia", "certo,", "certo!", "lo sapevate"},
		[]string{"secondo il testo", "secondo l'estratto", "secondo la fonte", "secondo l'articolo", "in base al testo", "il testo dice", "il testo menziona", "l'estratto",
			"come ia", "modello linguistico", "non posso", "cari amici", "cari visitatori", "iscriviti al", "iscrivetevi"},
	},
	"tr": {
		[]string{"merhaba", "selam", "hoş geldiniz", "günaydın", "iyi günler", "iyi akşamlar", "sevgili", "değerli misafirler", "değerli ziyaretçiler", "sayın", "işte hikâye", "işte hikaye", "tabii", "elbette", "biliyor muydunuz"},
		[]string{"vikipedi*", "metne göre", "alıntıya göre", "kaynağa göre", "makaleye göre", "metinde belirtil*", "metinde geç*", "yapay zekâ", "yapay zeka", "dil modeli", "sevgili dostlar", "değerli misafirler", "abone ol*"},
	},
	"pl": {
		[]string{"cześć", "witaj*", "witam*", "dzień dobry", "dobry wieczór", "drodzy", "szanowni", "panie i panowie", "oto historia", "oczywiście", "czy wiesz", "czy wiecie"},
		[]string{"wikipedi*", "według tekstu", "zgodnie z tekstem", "według fragmentu", "zgodnie z fragmentem", "według źródła", "według artykułu", "w tekście mowa", "w tekście wspom*", "we fragmencie",
			"jako sztuczna inteligencja", "model językowy", "nie mogę", "drodzy przyjaciele", "szanowni państwo", "zasubskrybuj*", "subskrybuj*"},
	},
	"ja": {
		[]string{"こんにちは", "こんばんは", "おはよう", "ようこそ", "皆さん", "みなさん", "はじめまして", "もちろん"},
		[]string{"ウィキペディア", "本文によると", "テキストによると", "抜粋によると", "抜粋", "記事によると", "資料によると", "aiとして", "言語モデル", "人工知能として", "チャンネル登録"},
	},
	"ko": {
		[]string{"안녕", "반갑습니다", "환영합니다", "여러분", "물론"},
		[]string{"위키백과", "위키피디아", "본문에 따르면", "발췌문", "텍스트에 따르면", "글에 따르면", "자료에 따르면", "ai로서", "언어 모델", "인공지능으로서", "구독"},
	},
	"zh": {
		[]string{"你好", "您好", "大家好", "欢迎", "歡迎", "亲爱的", "各位", "早上好", "下午好", "晚上好", "当然"},
		[]string{"维基百科", "維基百科", "根据文本", "根据摘录", "根据资料", "根据文章", "根据原文", "文中提到", "作为ai", "作为人工智能", "语言模型", "亲爱的朋友", "订阅"},
	},
	"ar": {
		[]string{"مرحبا", "مرحبًا", "أهلا", "أهلاً", "السلام عليكم", "صباح الخير", "مساء الخير", "أعزائي", "بالطبع"},
		[]string{"ويكيبيديا", "وفقا للنص", "وفقًا للنص", "بحسب النص", "حسب النص", "وفقا للمقتطف", "وفقًا للمقتطف", "المقتطف", "بحسب المصدر", "كنموذج", "نموذج لغوي", "أيها الأصدقاء", "الأصدقاء الأعزاء", "اشترك في"},
	},
	"hi": {
		[]string{"नमस्ते", "नमस्कार", "स्वागत है", "आपका स्वागत", "प्रिय मित्र", "प्रिय दोस्त", "सुप्रभात", "हैलो", "दोस्तों", "दोस्तो", "ज़रूर"},
		[]string{"विकिपीडिया", "पाठ के अनुसार", "उद्धरण के अनुसार", "स्रोत के अनुसार", "लेख के अनुसार", "दिए गए पाठ", "एआई के रूप में", "भाषा मॉडल", "प्रिय मित्रों", "सब्सक्राइब"},
	},
}
