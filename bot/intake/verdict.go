package intake

// verdict is what became of an update that came in.
type verdict uint8

const (
	accepted   verdict = iota // in a lane
	settled                   // dealt with at arrival
	repeated                  // done already, or under way
	ignored                   // it asks for nothing
	unreadable                // it cannot be decoded
	dropped                   // over the person's limit
	chatFull                  // the chat has too much under way
	allFull                   // the bot has
	stopping                  // the bot accepts nothing, not yet or not any more
	faulty                    // the store cannot report whether it is done, or cannot keep it
	forwarded                 // the chat is another replica's, which answers
)

// verdictNames are the names in the metrics.
var verdictNames = [...]string{"taken", "settled", "repeated", "ignored", "parked", "dropped", "chat_full", "room_full", "stopping", "fault", "forwarded"}

func (v verdict) String() string { return verdictNames[v] }

// comesAgain reports whether Telegram is to send the update again, and all that follow it.
func (v verdict) comesAgain() bool { return v == allFull || v == stopping || v == faulty }
