// Package intake brings updates from Telegram to their handlers without losing one.
//
// An update comes in through the webhook or the poller. classify decides on it: whether it is readable, whose chat it is, whether it has room, and
// whether the person is within their limits. persist stores what was accepted in the inbox, and dispatch puts it into a lane of its chat. There its
// job runs, and then the update is marked as done. The next process resumes the updates that one leaves in the inbox; an update during which several processes end
// becomes a dead letter.
//
// The package knows no commands, no words and no stories: its Hooks return the job of an update and write to people.
package intake
