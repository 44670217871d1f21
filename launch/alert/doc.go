// Package alert tells people what happens to runs while they look elsewhere.
//
// In comes a run as it was and as it is; out goes an [Alert] for each thing worth a
// message: a loss that is no number, a stall, a spike, money that is nearly used up,
// the end. A [Channel] is a command that gets the alert as JSON on standard input, or
// a webhook that gets it as JSON by POST.
//
// The promise: of any number of processes that see the same news, one tells it, once
// for each attempt. A channel that fails is told of and tried again at the next look.
//
// What it does not do: it keeps no secret. A webhook's address that is one comes from
// an environment variable, by its name.
package alert
