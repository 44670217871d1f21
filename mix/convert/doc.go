// Package convert is the road of one record, and the only one: from its bytes in
// a file to a conversation with its token ids, or to the reason why there is
// none.
//
//	Parsed ─► Judged ─► Edited ─────► Rendered ─► Tokenised ─────► Fitted
//	dialect   evidence  edit, loss    style       chat template    window
//
// A [Converter] is made for one source from [Options]; [Converter.Convert] takes
// a record as far as the caller wants to see it. A filter (keep:) is asked as soon
// as what it names is known: after Judged, Rendered or Tokenised. prepare goes to
// the end, accept to Judged, convert to Rendered, inspect to the end again, and
// tokens to Tokenised with chats as they stand: what one of them shows is what the
// others do, since none of them has a step of its own.
//
// It chooses nothing and writes nothing: which rows a dataset has is for package
// mix, and how they lie in a file for package shard.
package convert
