package sim

// In languages whose adjectives and participles agree with the title, the texts avoid such words.

//nolint:misspell // texts in other languages
var french = cityWords{
	streets: []string{"des Tilleuls", "des Jardins", "de la Rivière", "des Forgerons", "de la Cathédrale", "de la Monnaie", "des Champs", "du Pont", "du Moulin", "Tranquille", "des Cochers", "des Marchands"},
	kinds: []cityKind{
		{"landmark", 60, "Hôtel particulier, {house} rue {street}", "hôtel particulier", ""},
		{"landmark", 0, "Église n° {no} (rue {street})", "église orthodoxe", ""},
		{"", 0, "Maison de rapport, {house} rue {street}", "immeuble d'habitation classé", ""},
		{"landmark", 10, "Monument n° {no} (rue {street})", "sculpture en plein air", ""},
		{"landmark", 150, "Théâtre n° {no} (rue {street})", "théâtre dramatique", ""},
		{"landmark", 200, "Pont de pierre n° {no}", "passerelle", ""},
		{"", 0, "Musée n° {no} (rue {street})", "musée d'histoire locale", ""},
		{"landmark", 30, "Château d'eau, {house} rue {street}", "tour, patrimoine industriel", ""},
		{"railwaystation", 0, "Rue {street} n° {no} (station de métro)", "station de métro", ""},
		{"", 300, "Manoir, {house} rue {street}", "manoir en pleine ville", ""},
	},
	junk: []cityKind{
		{"city", 5000, "Quartier n° {no}", "quartier de la ville", ""},
		{"river", 12000, "Rivière n° {no}", "rivière, affluent", ""},
		{"event", 0, "Bataille n° {no}", "bataille", ""},
		{"", 0, "Liste des monuments, partie {no}", "liste d'un projet Wikimedia", ""},
		{"", 0, "Société commerciale n° {no}", "société commerciale", ""},
	},
	sentences: [cityLines]string{
		"La construction date de {y0}, à la place d'échoppes en bois qui avaient brûlé en une seule soirée.",
		"Un incendie n'a laissé en {y1} que les murs et une porte de fer.",
		"Les travaux de {y2} ont apporté la pierre blanche aux angles et la fenêtre ronde au-dessus de l'entrée.",
		"Selon les papiers de {y1}, l'ouvrage a coûté soixante pièces d'argent et deux charrettes d'avoine.",
		"En {y3}, on a trouvé sous les fondations un passage de brique long de quarante pas, et personne ne sait où il menait.",
		"Jusqu'en {y2}, il y avait dans la cour un puits dont l'eau passait pour la meilleure de la ville.",
		"Pendant les réparations de {y3}, une peinture d'oiseaux et de vignes est apparue sous sept couches de couleur.",
		"Les habitants se sont disputés si longtemps sur la couleur des murs qu'en {y2} on a tiré au sort.",
		"On lit la date de {y1} sur la grille forgée, bien que la grille elle-même vienne d'une autre ville.",
		"Le lieu est protégé depuis {y3}, et la façade se montre telle qu'au jour de l'ouverture.",
	},
}

//nolint:misspell // texts in other languages
var portuguese = cityWords{
	streets: []string{"das Tílias", "dos Jardins", "do Rio", "dos Ferreiros", "da Catedral", "da Moeda", "do Campo", "da Ponte", "do Moinho", "Tranquila", "dos Cocheiros", "dos Mercadores"},
	kinds: []cityKind{
		{"landmark", 60, "Palacete (rua {street}, {house})", "palacete, patrimônio histórico", ""},
		{"landmark", 0, "Igreja nº {no} (rua {street})", "igreja ortodoxa", ""},
		{"", 0, "Casa de aluguel (rua {street}, {house})", "edifício residencial tombado", ""},
		{"landmark", 10, "Monumento nº {no} (rua {street})", "escultura ao ar livre", ""},
		{"landmark", 150, "Teatro nº {no} (rua {street})", "teatro dramático", ""},
		{"landmark", 200, "Ponte de pedra nº {no}", "ponte para pedestres", ""},
		{"", 0, "Museu nº {no} (rua {street})", "museu de história local", ""},
		{"landmark", 30, "Caixa d'água (rua {street}, {house})", "torre, patrimônio industrial", ""},
		{"railwaystation", 0, "Rua {street} nº {no} (estação de metrô)", "estação de metrô", ""},
		{"", 300, "Solar (rua {street}, {house})", "casarão no meio da cidade", ""},
	},
	junk: []cityKind{
		{"city", 5000, "Bairro nº {no}", "bairro da cidade", ""},
		{"river", 12000, "Rio nº {no}", "rio, afluente", ""},
		{"event", 0, "Batalha nº {no}", "batalha", ""},
		{"", 0, "Lista de monumentos, parte {no}", "artigo de lista da Wikimedia", ""},
		{"", 0, "Sociedade comercial nº {no}", "empresa comercial", ""},
	},
	sentences: [cityLines]string{
		"A construção é de {y0}, no lugar de barracas de madeira que tinham queimado numa só noite.",
		"Um incêndio em {y1} deixou apenas as paredes e uma porta de ferro.",
		"A reforma de {y2} trouxe a pedra branca das esquinas e a janela redonda acima da entrada.",
		"Papéis de {y1} dizem que a obra foi paga com sessenta moedas de prata e duas carroças de aveia.",
		"Em {y3} acharam sob os alicerces uma passagem de tijolo de quarenta passos, e ninguém sabe aonde ela levava.",
		"Até {y2} havia no pátio um poço cuja água era tida como a melhor da cidade.",
		"Nas obras de {y3}, uma pintura de pássaros e videiras apareceu sob sete camadas de tinta.",
		"Os moradores discutiram tanto a cor das paredes que em {y2} o assunto foi decidido por sorteio.",
		"No portão forjado lê-se a data de {y1}, embora o próprio portão tenha vindo de outra cidade.",
		"O lugar é protegido desde {y3}, e a fachada se mostra como era no dia da abertura.",
	},
}

var ukrainian = cityWords{
	streets: []string{"Липова", "Садова", "Річкова", "Ковальська", "Соборна", "Монетна", "Польова", "Мостова", "Заводська", "Тиха", "Ямська", "Купецька"},
	kinds: []cityKind{
		{"landmark", 60, "Особняк ({street} вулиця, {house})", "особняк, пам'ятка архітектури", ""},
		{"landmark", 0, "Церква № {no} (вулиця {street})", "православний храм", ""},
		{"", 0, "Прибутковий будинок ({street} вулиця, {house})", "житловий будинок, пам'ятка архітектури", ""},
		{"landmark", 10, "Пам'ятник № {no} (вулиця {street})", "міська скульптура", ""},
		{"landmark", 150, "Театр № {no} ({street} вулиця)", "драматичний театр", ""},
		{"landmark", 200, "Кам'яний міст № {no}", "пішохідний міст", ""},
		{"", 0, "Музей № {no} ({street} вулиця)", "краєзнавчий музей", ""},
		{"landmark", 30, "Водонапірна вежа ({street} вулиця, {house})", "вежа, пам'ятка промислової архітектури", ""},
		{"railwaystation", 0, "{street} № {no} (станція метро)", "станція метро", ""},
		{"", 300, "Садиба ({street} вулиця, {house})", "міська садиба", ""},
	},
	junk: []cityKind{
		{"city", 5000, "Район № {no}", "район міста", ""},
		{"river", 12000, "Річка № {no}", "річка, притока", ""},
		{"event", 0, "Битва № {no}", "битва", ""},
		{"", 0, "Список пам'яток, частина {no}", "стаття-список у проєкті", ""},
		{"", 0, "Торгове товариство № {no}", "торгова компанія", ""},
	},
	sentences: [cityLines]string{
		"Збудовано {y0} року на місці дерев'яних крамниць, що згоріли за один вечір.",
		"Пожежа {y1} року лишила тільки стіни й залізні двері.",
		"Під час перебудови {y2} року з'явилися білий камінь на рогах і кругле вікно над входом.",
		"За паперами {y1} року, робота коштувала шістдесят срібних монет і два вози вівса.",
		"Під фундаментом {y3} року знайшли цегляний хід завдовжки сорок кроків; куди він вів, невідомо досі.",
		"До {y2} року у дворі був колодязь, воду з якого вважали найкращою в місті.",
		"Під час ремонту {y3} року під сімома шарами фарби відкрився розпис із птахами й виноградом.",
		"Містяни сперечалися про колір стін так довго, що {y2} року питання вирішили жеребом.",
		"На кованій решітці збереглася дата {y1}, хоча саму решітку привезли з іншого міста.",
		"Із {y3} року місце під охороною, і фасад показують таким, яким він був у день відкриття.",
	},
}
