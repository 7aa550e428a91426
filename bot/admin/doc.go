// Package admin has the operators' tools on a store: backups, restore, export, import, dead letters, payments, and the socket through which a
// running bot answers them. It has no command line: bot/cli has.
package admin
