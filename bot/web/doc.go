// Package web runs HTTP servers: time limits, a limit of open connections, and a stop that waits for the answers under way. It has no pages.
package web
