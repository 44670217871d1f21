package rented

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"trainyard/launch"
	"trainyard/launch/files"
	"trainyard/launch/provider"
)

// A claim is rented.json. Without nonces it says that the attempt never starts.
type claim struct {
	Provider string   `json:"provider"`
	Nonces   []string `json:"nonces,omitempty"` // of the boxes that were asked for; the last may be there
}

const claimName = "rented.json"

func (c claim) take(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	err := files.ClaimJSON(dir, claimName, c)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s: %w", dir, launch.ErrClaimed)
	}
	return err
}

// next writes a further nonce down before its box is asked for.
func (c *claim) next(dir string) (nonce string, err error) {
	nonce = provider.NewNonce()
	c.Nonces = append(c.Nonces, nonce)
	return nonce, files.WriteJSON(dir, claimName, c)
}

func (c claim) nonce() string { return c.Nonces[len(c.Nonces)-1] }

// A held box is what reaches it, and what it costs.
type held struct {
	Nonce        string                 `json:"nonce"`
	Box          string                 `json:"box"` // the provider's id
	SSH          provider.SSH           `json:"ssh"`
	GPU          string                 `json:"gpu,omitempty"`
	Count        int                    `json:"count,omitempty"`
	PricePerHour float64                `json:"price_per_hour"`
	AskedAt      int64                  `json:"asked_ms"`
	ReadyAt      int64                  `json:"ready_ms"`
	Destroy      *provider.SelfDestruct `json:"destroy,omitempty"`
	Brought      []string               `json:"brought,omitempty"` // see brought
}

// A handle is a box and the attempt on it. Attempt is empty where the process that was
// starting it died, and the box did not answer to those that came after: whether it runs
// is asked at each look.
type handle struct {
	held
	Attempt launch.Handle `json:"attempt"`
}

func (h handle) text() (launch.Handle, error) {
	data, err := json.Marshal(h)
	return launch.Handle(data), err
}

func readHandle(text launch.Handle) (handle, error) {
	var h handle
	if err := json.Unmarshal([]byte(text), &h); err != nil || h.Nonce == "" {
		return h, fmt.Errorf("handle %q is none of a rented box", text)
	}
	return h, nil
}

// heldName keeps a held box from the moment that it can be dialled, so that Find can.
const heldName = "box.json"
