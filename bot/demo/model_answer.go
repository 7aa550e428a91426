package demo

import "excursobot/bot/sim"

// reply answers a question with the sentences of the place's source that have its words. A source in another language than the person's answers nothing,
// because the model cannot translate.
func (m *demoModel) reply(task modelTask) map[string]any {
	if len(task.Places) > 0 && task.Places[0].Language == modelLanguages[task.Language] {
		p := task.Places[0]
		if answer, quote := sim.AnswerTo(task.Question, p.Title, p.Extract); answer != "" {
			return map[string]any{"quotes": []string{quote}, "answer": answer, "found": true}
		}
	}
	return map[string]any{"quotes": []string{}, "answer": "", "found": false}
}
