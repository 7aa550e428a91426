// Package loadtest measures the whole bot between simulated servers: people who send locations, and people who walk with a live location. It counts
// and times the answers as people see them in their chats.
//
// A scenario runs the bot in this process (loadBot). A walk test runs it in a separate process (botProcess), so that its memory can be measured
// and it can be killed. Both use the same people (crowd) and the same recorder.
package loadtest
