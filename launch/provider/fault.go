package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"trainyard/launch/redact"
)

var (
	// ErrRefused: the provider said clearly that it did nothing.
	ErrRefused = errors.New("the provider refused")
	// ErrNoStock is an ErrRefused because there is none to rent: try another offer.
	ErrNoStock = errors.New("none to rent")
	// ErrNoBilling: the provider's API tells no charges.
	ErrNoBilling = errors.New("the provider's API tells no charges")

	errUnsent = errors.New("the create was not sent")
)

// A GoneError says that the provider has no box of this id.
type GoneError struct{ Provider, ID string }

func (e *GoneError) Error() string { return fmt.Sprintf("%s has no box %s", e.Provider, e.ID) }

// A Fault is an answer that is no success, or no answer. It holds no credential and
// nothing of an order's environment.
type Fault struct {
	Provider, Doing string
	Status          int // of HTTP; 0: there was no answer that could be read
	Code, Detail    string
	// Made is the id of a box that the answer names all the same.
	Made string
	// Wait is how long the provider asks to wait; 0: it does not say.
	Wait time.Duration

	clear, noStock bool
	unsent         bool  // the create was not sent: nothing was made, and it may be asked for again
	spoken         bool  // the body is an error as the API writes them, and no page of a proxy
	cause          error // of the context alone
}

func (f *Fault) Error() string {
	words := f.Provider + ": " + f.Doing + ": "
	if f.Status == 0 {
		return words + f.Detail
	}
	words += fmt.Sprintf("it answered %d", f.Status)
	if text := strings.TrimSpace(f.Code + " " + f.Detail); text != "" {
		words += ": " + text
	}
	return words + f.hint()
}

func (f *Fault) hint() string {
	switch {
	case f.Status == http.StatusUnauthorized, f.Status == http.StatusForbidden, f.Code == "auth_error":
		return fmt.Sprintf("\nhint: check the key in %s, and what it may do", Providers[f.Provider].KeyEnv)
	case f.Status == http.StatusPaymentRequired:
		return "\nhint: the account's balance does not reach"
	}
	return ""
}

// Is tells the sentinels.
func (f *Fault) Is(target error) bool {
	return target == ErrRefused && f.clear || target == ErrNoStock && f.noStock || target == errUnsent && f.unsent
}

// Unwrap is the end of the context, if that was the cause.
func (f *Fault) Unwrap() error { return f.cause }

// passing reports whether the same request may succeed later.
func (f *Fault) passing() bool {
	return f.Status == 0 || f.Status == http.StatusTooManyRequests || f.Status == http.StatusRequestTimeout || f.Status >= 500
}

// refusals are the answers to a create that say clearly that nothing was made. 408,
// 409, 429 and everything above leave it open.
var refusals = map[int]bool{400: true, 401: true, 402: true, 403: true, 404: true, 405: true, 410: true, 413: true, 415: true, 422: true}

// An answer is what the error bodies of all providers can say: problems of RFC 9457
// (RunPod), an error with code and message (Lambda), error and msg (Vast.ai).
type answer struct {
	Title  string          `json:"title"`
	Detail string          `json:"detail"`
	Errors []string        `json:"errors"`
	Error  json.RawMessage `json:"error"`
	Msg    string          `json:"msg"`
	// Ids of boxes that an error tells of: Vast.ai makes a stopped one for a bid that
	// is too low. dstack reads the second name.
	NewContract       json.Number `json:"new_contract"`
	CreatedInstanceID json.Number `json:"created_instance_id"`
}

// maxDetail is as much of a provider's words as an error repeats.
const maxDetail = 300

// explain fills in code and detail from a body, without what hide names.
func (f *Fault) explain(body []byte, hide []string) {
	var a answer
	if json.Unmarshal(body, &a) != nil {
		f.Detail = scrub(string(body), hide)
		return
	}
	f.Made = string(a.NewContract)
	if f.Made == "" {
		f.Made = string(a.CreatedInstanceID)
	}
	var inner struct{ Code, Message, Suggestion string }
	var word string
	switch {
	case json.Unmarshal(a.Error, &word) == nil:
		inner.Code = word
	case a.Error != nil:
		_ = json.Unmarshal(a.Error, &inner) // what cannot be read says nothing
	}
	f.Code = scrub(inner.Code, hide)
	f.spoken = inner.Code != "" || a.Title != "" || a.Msg != "" || a.Detail != ""
	parts := append([]string{a.Title, a.Detail, inner.Message, inner.Suggestion, a.Msg}, a.Errors...)
	f.Detail = scrub(strings.Join(strings.Fields(strings.Join(parts, " ")), " "), hide)
}

// minHidden is the shortest text that is taken out: shorter ones stand in every
// sentence.
const minHidden = 3

// scrub makes one line of a provider's words, without what hide names and without
// what looks like a credential, and cuts it.
func scrub(text string, hide []string) string {
	for _, h := range hide {
		for _, form := range []string{h, strings.TrimSpace(h)} {
			if len(form) >= minHidden {
				text = strings.ReplaceAll(text, form, "[hidden]")
			}
		}
		if quoted, err := json.Marshal(h); err == nil && len(quoted) >= minHidden+2 {
			text = strings.ReplaceAll(text, string(quoted[1:len(quoted)-1]), "[hidden]")
		}
	}
	text = strings.Join(strings.Fields(redact.Here(text)), " ")
	if len(text) > maxDetail {
		text = strings.ToValidUTF8(text[:maxDetail], "") + " …"
	}
	return text
}

// unanswered is the fault of a request without an answer. Of the causes only the end
// of the caller's context is kept: what the network says may quote the request.
func unanswered(ctx context.Context, provider, doing string, err error, hide []string) *Fault {
	return &Fault{Provider: provider, Doing: doing, Detail: "no answer: " + scrub(err.Error(), hide), cause: ctx.Err()}
}
