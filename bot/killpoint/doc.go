// Package killpoint holds the points at which a build with the tag chaos kills itself. Without the tag each function returns its argument.
//
// The package's tests (tag chaos) build the program with the tag, run it between simulated servers that fail, kill it again and again, and then
// count the answers that people got: make chaos, make replicas, make flood.
package killpoint
