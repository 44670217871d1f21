package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

type vastOrder struct {
	Image       string `json:"image"`
	Label       string `json:"label"`
	Disk        int    `json:"disk,omitempty"`
	Runtype     string `json:"runtype"`
	TargetState string `json:"target_state"`
	// An instance that cannot start at once is not wanted: it would wait, stopped and
	// billed for its disk.
	CancelUnavail bool              `json:"cancel_unavail"`
	Price         float64           `json:"price,omitempty"`
	Env           map[string]string `json:"env"` // the schema says string; guide and command line client send an object
	Onstart       string            `json:"onstart"`
}

// maxVastOnstart is the published limit of args and onstart together.
const maxVastOnstart = 4096

// order is the body of a create. The key is put in by the start script, so that it
// opens this box and no other of the account.
func (p vast) order(o Order) (vastOrder, error) {
	body := vastOrder{
		Image: o.Image, Label: o.marked(p.Facts().NameLimit), Disk: o.DiskGB, Runtype: "ssh_direct", TargetState: "running",
		CancelUnavail: true, Env: o.environment(),
		Onstart: "mkdir -p -m 700 ~/.ssh && echo " + quote(o.PublicKey) + " >> ~/.ssh/authorized_keys\n" + o.Bootstrap,
	}
	if o.Offer.Spot {
		body.Price = o.Offer.PricePerHour
	}
	if n := len(body.Onstart); n > maxVastOnstart {
		return body, fmt.Errorf("vast: the start script has %d bytes with the key, and %d is the most: fetch it from the script instead: %w", n, maxVastOnstart, ErrRefused)
	}
	return body, nil
}

func (p vast) Create(ctx context.Context, o Order) (Box, error) {
	body, err := p.order(o)
	if err != nil {
		return Box{}, err
	}
	var reply struct {
		Success     bool  `json:"success"`
		NewContract int64 `json:"new_contract"`
	}
	doing := "rent offer " + o.Offer.ID
	err = p.c.do(ctx, request{doing: doing, method: http.MethodPut, path: "/api/v0/asks/" + url.PathEscape(o.Offer.ID) + "/", body: body, create: true, paces: []string{"create"}, hide: o.hidden(), into: &reply})
	if err != nil {
		return Box{}, p.judge(err, o)
	}
	if !reply.Success || reply.NewContract == 0 {
		return Box{}, unanswered(ctx, p.Name(), doing, errors.New("the answer names no contract"), nil)
	}
	return Box{
		Provider: p.Name(), ID: strconv.FormatInt(reply.NewContract, 10), State: Provisioning, Word: "null", // the price is told by Get
		Billing: true, BillingWhy: "storage is billed from the creation", GPU: o.Offer.GPU, Count: o.Offer.Count, Region: o.Offer.Region, CreatedAt: p.c.clock.Now(),
	}.marked(body.Label), nil
}

// judge: a bid that is too low is an error, and makes a stopped instance all the
// same, so that for bids only an offer that is gone is a clear answer.
func (p vast) judge(err error, o Order) error {
	var fault *Fault
	if !errors.As(err, &fault) {
		return err
	}
	denied := fault.Status == http.StatusUnauthorized || fault.Code == "auth_error"
	fault.noStock = fault.clear && !denied && (fault.Status == http.StatusNotFound || fault.Status == http.StatusGone)
	if o.Offer.Spot {
		fault.clear = fault.noStock || fault.clear && denied
	}
	return err
}
