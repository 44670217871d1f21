// Package price says what a run may cost, and what it did cost.
//
// In come prices of boxes, lengths of time and the charges of a provider. Out come
// the worst case of a launch, a price looked up in a file, and how a provider's
// charges differ from our own count.
//
// The words:
//
//   - A rate is dollars for one box and one hour. A price of a file is for one GPU.
//   - The worst case is the rate times the deadline times the attempts times the
//     boxes: nothing that is held to those limits costs more.
//   - Counted is what we know of a box: its rate and from when to when it was there.
//   - A charge is what its provider says that it cost.
//
// The promise: every figure is made of its arguments alone. What is not known is not
// guessed: a price that no line of a file gives is not found, and a box without
// charges has none, which is not the same as nothing.
//
// What it does not do: it reads no ledger, holds nothing to a cap (launch.Caps does),
// and asks no provider.
package price
