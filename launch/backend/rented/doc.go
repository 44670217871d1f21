// Package rented runs attempts on boxes that are rented for them, and gives the boxes
// back.
//
// In comes a launch.Task and what the place says: which GPU, how dear. The backend
// takes the cheapest offer of its provider that is in stock, rents one box (exactly
// one, see package provider), and runs the attempt there by the box protocol over
// ssh. When the trainer has ended, it brings the log, the figures and the model home,
// ends the box, and tells the end of the attempt only when the provider lists the box
// no more.
//
// In the attempt's directory here lie, beside what is brought home,
//
//	rented.json     the claim: provider and nonces, written before money is spent
//	ssh.json        the box protocol's own claim
//	known_hosts     the box's key, as it was first seen: the address is used again by
//	                others later
//	ended.json      how the attempt ended, written before the box is given back
//	returned.json   that the box is gone
//
// The promise: one attempt has one box or none, whatever dies; a box that is not
// needed is destroyed until two listings show it no more; until then the attempt is
// running, because it costs. What cannot be seen is last known, never failed, and
// never rented again. A box whose owner is out of reach ends itself at its longest
// life, where the provider lets it.
//
// What it does not do: several nodes (the providers' clusters have their own
// interfaces), and boxes that are kept for the next run.
package rented
