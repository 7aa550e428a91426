package sim

import (
	"fmt"
	"strings"
)

// bodyLines is the number of sentences that each language has for the sections behind the intro.
const bodyLines = 9

// cityBody holds the sections of an article: three sentences for each of the first three headings; the fourth heading is that of the
// references. The sentences may contain {street}, {house} and {y0} to {y3}.
type cityBody struct {
	headings [4]string
	lines    [bodyLines]string
}

//nolint:misspell // texts in other languages
func bodyOf(language string) cityBody {
	switch language {
	case "en":
		return cityBody{
			[4]string{"History", "Description", "Today", "References"},
			[bodyLines]string{
				"The first owner paid the builders in salt, because the town had no coins left after the fair of {y0}.",
				"In {y1} a tame bear lived in the cellar for one winter and escaped over the roof of the neighbouring house.",
				"A clerk hid the town's archive behind the stove in {y2}, and it was found only when the stove was moved.",
				"Above the entrance one can see a stone hand that points at the house across the street.",
				"The third window from the left is painted: behind it there has never been a room.",
				"The iron rings in the wall once held the horses of guests, and one of them is worn thin as a finger.",
				"Since {y3} swallows have nested under the cornice, and the shutters stay open for them until August.",
				"The bell in the yard rings at noon, four minutes late, as it did when its clock was damaged.",
				"Pupils of the nearby school keep the key, and each class writes its year on the inside of the door.",
			},
		}
	case "ru", "be", "bg", "sr", "kk":
		return cityBody{
			[4]string{"История", "Описание", "Сегодня", "Примечания"},
			[bodyLines]string{
				"Первый хозяин платил строителям солью: после ярмарки {y0} года в городе не осталось монет.",
				"В {y1} году в подвале одну зиму жил ручной медведь, который потом ушёл по крыше соседнего дома.",
				"В {y2} году писарь спрятал за печью городской архив, и нашли его, только когда передвинули печь.",
				"Над входом видна каменная рука, которая показывает на дом через дорогу.",
				"Третье окно слева нарисовано: комнаты за ним никогда не было.",
				"К железным кольцам в стене привязывали лошадей гостей, и одно кольцо стёрлось до толщины пальца.",
				"С {y3} года под карнизом гнездятся ласточки, и ради них ставни не закрывают до августа.",
				"Колокол во дворе звонит в полдень с опозданием на четыре минуты, как после поломки часов.",
				"Ключ хранят ученики соседней школы, и каждый выпуск пишет свой год на обратной стороне двери.",
			},
		}
	case "uk":
		return cityBody{
			[4]string{"Історія", "Опис", "Сьогодні", "Примітки"},
			[bodyLines]string{
				"Перший господар платив будівничим сіллю: після ярмарку {y0} року в місті не лишилося монет.",
				"У {y1} році в підвалі одну зиму жив ручний ведмідь, який потім утік дахом сусіднього будинку.",
				"У {y2} році писар сховав за піччю міський архів, і знайшли його, лише коли пересунули піч.",
				"Над входом видно кам'яну руку, яка показує на будинок через дорогу.",
				"Третє вікно ліворуч намальоване: кімнати за ним ніколи не було.",
				"До залізних кілець у стіні прив'язували коней гостей, і одне кільце стерлося до товщини пальця.",
				"З {y3} року під карнизом гніздяться ластівки, і задля них віконниці не зачиняють до серпня.",
				"Дзвін у дворі дзвонить опівдні із запізненням на чотири хвилини, як після поломки годинника.",
				"Ключ зберігають учні сусідньої школи, і кожен випуск пише свій рік на звороті дверей.",
			},
		}
	case "fr":
		return cityBody{
			[4]string{"Histoire", "Description", "Aujourd'hui", "Notes et références"},
			[bodyLines]string{
				"Le premier maître des lieux payait les maçons en sel, car la foire de {y0} avait vidé la ville de ses pièces.",
				"En {y1}, un ours apprivoisé a passé un hiver dans la cave, puis s'est enfui par le toit de la maison voisine.",
				"En {y2}, un clerc a caché les archives de la ville derrière le poêle, et on ne les a trouvées qu'en le déplaçant.",
				"Au-dessus de l'entrée, on voit une main de pierre qui montre la maison d'en face.",
				"La troisième fenêtre à gauche est peinte : il n'y a jamais eu de chambre derrière elle.",
				"Les anneaux de fer du mur tenaient les chevaux des visiteurs, et l'un d'eux est usé jusqu'à la minceur d'un doigt.",
				"Depuis {y3}, des hirondelles nichent sous la corniche, et les volets restent ouverts pour elles jusqu'en août.",
				"La cloche de la cour sonne midi avec quatre minutes de retard, comme après la panne de son horloge.",
				"Les élèves de l'école voisine gardent la clé, et chaque classe écrit son année au dos de la porte.",
			},
		}
	case "pt":
		return cityBody{
			[4]string{"História", "Descrição", "Atualidade", "Referências"},
			[bodyLines]string{
				"Quem mandou construir pagou aos pedreiros em sal, porque a feira de {y0} deixou a cidade sem moedas.",
				"Em {y1}, um urso manso viveu um inverno na cave e fugiu pelo telhado da casa vizinha.",
				"Em {y2}, um escrivão escondeu o arquivo da cidade atrás do fogão, e só o acharam quando o mudaram de lugar.",
				"Por cima da entrada vê-se uma mão de pedra que aponta para a casa em frente.",
				"A terceira janela à esquerda é pintada: nunca houve um quarto atrás dela.",
				"As argolas de ferro na parede prendiam os cavalos das visitas, e uma delas gastou-se até à grossura de um dedo.",
				"Desde {y3}, as andorinhas fazem ninho sob a cornija, e por elas as portadas ficam abertas até agosto.",
				"O sino do pátio toca ao meio-dia com quatro minutos de atraso, como depois da avaria do relógio.",
				"Os alunos da escola vizinha guardam a chave, e cada turma escreve o seu ano no verso da porta.",
			},
		}
	}
	return cityBody{
		[4]string{"Historia", "Descriptio", "Hodie", "Notae"},
		[bodyLines]string{
			"Dominus primus fabris sale solvit, quia post nundinas anni {y0} nummi in urbe defuerunt.",
			"Anno {y1} ursus mansuetus unam hiemem in cella vixit et per tectum vicinum fugit.",
			"Anno {y2} scriba tabularium urbis post fornacem celavit, quod fornace mota inventum est.",
			"Supra ianuam manus lapidea videtur, quae domum trans viam monstrat.",
			"Fenestra tertia a sinistra picta est: conclave post eam numquam fuit.",
			"Anuli ferrei in muro equos hospitum tenebant, et unus tenuis ut digitus factus est.",
			"Ab anno {y3} hirundines sub corona nidificant, et fenestrae propter eas usque ad Augustum patent.",
			"Campana in area meridie sonat, quattuor momentis sero, ut post horologium fractum.",
			"Discipuli scholae vicinae clavem servant, et quaeque classis annum suum post ianuam scribit.",
		},
	}
}

// body writes the sections behind the intro. A stub has none.
func (st citySite) body(language string, fill *strings.Replacer) string {
	if st.stub || st.junk {
		return ""
	}
	words, sentences := bodyOf(language), wordsOf(language).sentences
	var out strings.Builder
	for section := range 3 {
		fmt.Fprintf(&out, "== %s ==\n", words.headings[section])
		for k := range 3 {
			line := words.lines[3*section+(k+st.number)%3]
			out.WriteString(fill.Replace(line) + " ")
		}
		if section == 0 { // what the intro leaves out
			for _, i := range st.order[6:] {
				out.WriteString(fill.Replace(sentences[i]) + " ")
			}
		}
		out.WriteString("\n\n\n")
	}
	fmt.Fprintf(&out, "== %s ==\n%s 1, 2, 3.", words.headings[3], words.headings[3])
	return out.String()
}

// dirty adds what real extracts carry: a pronunciation, an empty bracket, a footnote's mark, a stress mark, an entity, a lost space.
func dirty(text, language string, number int) string {
	first, rest, found := strings.Cut(text, " — ")
	if !found {
		return text
	}
	switch number % 4 {
	case 0:
		return first + " ( ; IPA: [ˈsɪtɪ], (listen); , ) — " + rest
	case 1:
		return first + " () — " + strings.Replace(rest, ". ", ".[1] ", 1)
	case 2:
		if language == "ru" || language == "uk" {
			return strings.Replace(text, "а", "а\u0301", 1)
		}
		return strings.Replace(text, " — ", " &mdash; ", 1)
	default:
		return first + " — " + strings.Replace(rest, ". ", ".", 1) + " {\\displaystyle x}"
	}
}
