// Package live keeps live walks: who walks, where they are, when their next story is due. It decides when, not what:
// stories come from its Hooks.
package live
