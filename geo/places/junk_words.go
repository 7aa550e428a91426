package places

//nolint:misspell // other languages are not misspelt English
var vocabularies = map[string]vocabulary{
	"en": {
		headLast: true,
		titles:   lines(`list of, lists of, battle of, siege of, bombing of, timeline of`),
		phrases: phrases(`wikimedia list article, wikimedia disambiguation page, wikimedia article page, disambiguation page,
			topics referred to by the same term, administrative territorial entity, radio station, television station,
			television channel, football club, sports club, political party, human settlement, populated place,
			terrorist attack, aviation accident`),
		nouns: set(`city town village hamlet settlement township locality suburb neighborhood neighbourhood district borough quarter
			ward municipality commune arrondissement parish county oblast okrug raion region province department state
			republic country kingdom territory capital metropolis microdistrict subdistrict constituency
			river tributary stream creek lake reservoir bay sea strait
			battle siege war campaign event riot riots attack bombing massacre murder assassination earthquake fire disaster accident
			crash derailment explosion protest protests uprising revolt coup festival tournament championship match
			company corporation airline manufacturer conglomerate enterprise retailer startup business subsidiary brand broadcaster
			newspaper magazine band team list`),
		stops: set(`in of on at by near for from to with across over between along within under around that which who
			located situated and or as during against built the`),
	},
	"ru": {
		titles: lines(`список, списки, битва, сражение, осада, оборона, штурм, взрыв, теракт, хронология`),
		phrases: phrases(`страница значений, страница разрешения неоднозначности, статья-список, список в проекте, футбольный клуб, хоккейный клуб,
			политическая партия, террористический акт, населенный пункт, административный центр, административная единица,
			сельское поселение, торговая сеть`),
		nouns: set(`город городок поселок село деревня хутор станица аул слобода поселение райцентр столица агломерация
			район микрорайон округ квартал местность область край республика губерния уезд волость провинция регион муниципалитет
			страна государство империя княжество
			река речка ручей приток озеро водохранилище залив море пролив бухта
			битва сражение бой осада война операция восстание мятеж бунт теракт катастрофа авиакатастрофа крушение пожар взрыв
			землетрясение убийство покушение расстрел событие чемпионат турнир фестиваль
			компания предприятие фирма корпорация авиакомпания холдинг концерн авиаперевозчик банк газета журнал телеканал
			радиостанция издание партия команда список
			захват теракты нападение нападения стрельба угон похищение покушения убийства церемония премия награда
			художник художница писатель писательница поэт композитор актер актриса певец певица политик архитектор скульптор ученый футболист
			роман фильм песня альбом сериал клуб вид род`),
		stops: set(`в во на у из при по под над за от для с со через к ко о об между возле около близ и или`),
	},
	"uk": {
		titles: lines(`список, перелік, битва, бій, облога, оборона, штурм, вибух, теракт, хронологія`),
		phrases: phrases(`сторінка значень, сторінка-список, стаття-список, список у проєкті, список у проекті, список вікімедіа, футбольний клуб,
			політична партія, терористичний акт, населений пункт, адміністративний центр`),
		nouns: set(`місто містечко село селище хутір присілок столиця агломерація район мікрорайон округ квартал місцевість
			область край республіка губернія повіт волость провінція регіон муніципалітет громада країна держава
			річка ріка притока струмок озеро водосховище затока море протока
			битва бій облога війна операція повстання заколот бунт теракт катастрофа авіакатастрофа пожежа вибух землетрус убивство
			вбивство замах подія чемпіонат турнір фестиваль
			компанія підприємство фірма корпорація авіакомпанія холдинг концерн банк газета журнал телеканал радіостанція видання
			партія команда список
			захоплення напад стрілянина викрадення церемонія премія нагорода
			художник художниця письменник поет архітектор композитор актор акторка співак співачка політик скульптор
			роман фільм пісня альбом клуб вид рід`),
		stops: set(`в у на з із зі при по під над за від для через до біля о об між поблизу та і й або`),
	},
	"fr": {
		titles: lines(`liste de, liste des, liste d, listes de, listes des, bataille de, bataille d, bataille du, attentat de, attentats de,
			attentats du, chronologie de`),
		phrases: phrases(`page d homonymie, page de liste, liste d un projet, club de football, parti politique, station de radio,
			chaîne de télévision, groupe industriel, groupe bancaire, entité administrative, localité habitée`),
		nouns: set(`ville village hameau commune municipalité quartier arrondissement canton district département région province pays
			état royaume république localité banlieue métropole agglomération capitale bourg territoire
			rivière fleuve affluent ruisseau torrent lac étang mer baie golfe détroit
			bataille guerre attentat attentats émeute émeutes massacre catastrophe accident incendie explosion séisme événement
			évènement assassinat tournoi championnat festival
			entreprise société compagnie constructeur banque journal magazine quotidien parti équipe liste
			attaque attaques fusillade prise détournement enlèvement cérémonie récompense prix peintre écrivain poète architecte
			compositeur compositrice acteur actrice chanteur chanteuse sculpteur homme femme roman film album chanson espèce genre club`),
		stops: set(`de du des d en à au aux dans sur sous par pour près entre avec situé située qui et ou`),
	},
	"pt": {
		titles: lines(`lista de, lista dos, lista das, anexo lista, anexo:lista, batalha de, batalha do, batalha da, cerco de, cronologia de`),
		phrases: phrases(`página de desambiguação, desambiguação da wikimedia, artigo de lista, lista de um projeto, clube de futebol,
			partido político, estação de rádio, emissora de televisão, canal de televisão, entidade territorial, assentamento humano`),
		nouns: set(`cidade vila aldeia povoado povoação município freguesia bairro distrito subdistrito concelho comuna região província
			estado país reino república localidade subúrbio metrópole capital território
			rio ribeira ribeiro riacho afluente córrego lago lagoa albufeira mar baía golfo estreito
			batalha guerra atentado motim massacre catástrofe desastre acidente incêndio explosão sismo terremoto evento acontecimento
			assassinato torneio campeonato festival
			empresa companhia sociedade corporação fabricante banco jornal revista partido equipa equipe lista desambiguação
			ataque ataques tiroteio sequestro cerimónia cerimônia prémio prêmio pintor pintora escritor escritora poeta arquiteto
			compositor ator atriz cantor cantora escultor político romance filme álbum canção espécie clube`),
		stops: set(`de do da dos das em no na nos nas a à ao aos por para com sobre entre localizado localizada situado situada
			que e ou`),
	},
	"es": {
		titles:  lines(`lista de, anexo:lista, batalla de, atentado de`),
		phrases: phrases(`página de desambiguación, artículo de lista, club de fútbol, partido político, entidad de población`),
		nouns: set(`ciudad villa pueblo aldea municipio barrio distrito comuna región provincia departamento estado país localidad capital
			río afluente arroyo lago embalse mar bahía batalla guerra atentado motín masacre desastre accidente incendio terremoto
			evento empresa compañía corporación banco periódico revista partido equipo lista
			ataque ataques tiroteo secuestro ceremonia premio pintor pintora escritor escritora poeta arquitecto compositor
			actor actriz cantante escultor político novela película álbum canción especie club`),
		stops: set(`de del d en a al por para con sobre entre situado situada ubicado ubicada que y o`),
	},
	"de": {
		titles:  lines(`liste der, liste von, liste des, schlacht bei, schlacht um, schlacht von, belagerung von`),
		phrases: phrases(`wikimedia-liste, wikimedia-begriffsklärungsseite, politische partei`),
		nouns: set(`stadt großstadt kleinstadt hauptstadt dorf gemeinde ortsteil stadtteil stadtbezirk bezirk stadtviertel viertel ort siedlung
			landkreis kreis bundesland land staat provinz region fluss nebenfluss bach see stausee meer bucht
			schlacht belagerung krieg anschlag massaker unglück unfall erdbeben ereignis
			unternehmen konzern firma fluggesellschaft hersteller bank zeitung zeitschrift partei fußballverein liste
			attentat terroranschlag amoklauf geiselnahme entführung preisverleihung preis maler malerin schriftsteller dichter
			architekt komponist schauspieler schauspielerin sänger sängerin bildhauer politiker roman film album lied art gattung verein`),
		stops: set(`in im am an auf bei von vom der des zu zur über mit für und oder`),
	},
}
