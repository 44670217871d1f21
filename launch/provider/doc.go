// Package provider rents boxes with GPUs from those who sell them by the hour, and
// gives them back.
//
// In comes an [Order] for one [Offer]. Out comes a [Box]: where it can be reached
// by ssh, what it costs, and in which [State] it is. What runs on the box is no
// matter of this package, and it speaks no ssh.
//
// The words:
//
//   - A provider sells GPUs by the hour. [Providers] is the registry; the key is
//     taken from the environment by its name and stands nowhere else.
//   - An offer is what can be rented now, with its price and the time it was told.
//   - A nonce is the random mark of one order. It stands in the name of the box and,
//     where there is room, in its tags or its environment, so that a listing of the
//     account finds what an order made.
//   - A rental is what the [Journal] knows of one nonce.
//   - Settle is how long a provider may take until a box that was made is listed.
//
// The promise: no provider has an idempotent create, so [Desk.Rent] makes one of
// listings. The intent with its nonce is on disk before the create is asked for, and
// the id is on disk at once after. Every answer but a clear refusal is unknown until
// two listings, Settle apart, show no box of the nonce; what they show is adopted,
// the oldest of several, and the rest is destroyed. Whatever dies in between, the
// same call or [Desk.Recover] leads to one box or to none. [Desk.Release] returns
// without an error when the provider says that the box is gone, in two listings, and
// not before.
//
// What it does not do: it retries no create by itself after an answer that may have
// made a box, keeps no box alive, does not choose among offers, and cannot see what
// a provider does not list.
//
// Credentials and the values of an order's environment stand in no error and in no
// file that this package writes. An order's environment can be read by all who
// can read the account: RunPod and Vast.ai show it in their listings.
package provider
