package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// vast speaks the API of Vast.ai (vast-ai/docs, api-reference/openapi/yaml). The
// mark is the label. An offer can be taken once, which guards a create that the
// network sent twice.
type vast struct{ c *client }

// The paces are the thresholds that the pages of the endpoints give; no answer
// carries Retry-After.
func openVast(c *client) Provider {
	c.paces = map[string]time.Duration{
		"search": 6 * time.Second, "create": 4500 * time.Millisecond, "list": time.Second,
		"get": 2 * time.Second, "destroy": 3 * time.Second, "charges": time.Second,
	}
	return vast{c}
}

func (p vast) Name() string { return p.c.kind.Name }

func (p vast) Summary() string { return p.c.kind.Summary }

func (p vast) Facts() Facts {
	return Facts{Settle: 45 * time.Second, Image: true, Env: true, Spot: true, NameLimit: 256}
}

// maxVastPages bounds a listing that never ends: 25 instances a page.
const maxVastPages = 400

func (p vast) List(ctx context.Context) ([]Box, error) {
	var boxes []Box
	token := ""
	for range maxVastPages {
		var reply struct {
			Instances *[]vastInstance `json:"instances"`
			NextToken string          `json:"next_token"`
		}
		query := url.Values{"limit": {"25"}}
		if token != "" {
			query.Set("after_token", token)
		}
		err := p.c.do(ctx, request{doing: "list instances", method: http.MethodGet, path: "/api/v1/instances/", query: query, paces: []string{"list"}, into: &reply})
		if err != nil {
			return nil, err
		}
		if reply.Instances == nil {
			return nil, unanswered(ctx, p.Name(), "list instances", errors.New("the answer has no list"), nil)
		}
		for _, v := range *reply.Instances {
			boxes = append(boxes, v.box())
		}
		if token = reply.NextToken; token == "" {
			return boxes, nil
		}
	}
	return nil, unanswered(ctx, p.Name(), "list instances", fmt.Errorf("the listing does not end after %d pages", maxVastPages), nil)
}

// Get: an id that is not there is answered by 404, or by nothing where the instance
// should be.
func (p vast) Get(ctx context.Context, id string) (Box, error) {
	var reply struct {
		Instances *vastInstance `json:"instances"`
	}
	err := p.c.do(ctx, request{doing: "look at instance " + id, method: http.MethodGet, path: "/api/v0/instances/" + url.PathEscape(id) + "/", paces: []string{"get"}, into: &reply})
	if err != nil {
		return Box{}, goneIf(err, p.Name(), id)
	}
	if reply.Instances == nil || reply.Instances.ID == 0 {
		return Box{}, &GoneError{p.Name(), id}
	}
	return p.reached(ctx, *reply.Instances), nil
}

// Destroy believes only an answer that says success.
func (p vast) Destroy(ctx context.Context, id string) error {
	var reply struct {
		Success bool `json:"success"`
	}
	doing := "destroy instance " + id
	err := p.c.do(ctx, request{doing: doing, method: http.MethodDelete, path: "/api/v0/instances/" + url.PathEscape(id) + "/", paces: []string{"destroy"}, into: &reply})
	if err != nil {
		return goneIf(err, p.Name(), id)
	}
	if !reply.Success {
		return unanswered(ctx, p.Name(), doing, errors.New("the answer does not say success"), nil)
	}
	return nil
}

type vastCharge struct {
	Start  float64 `json:"start"`
	End    float64 `json:"end"`
	Source string  `json:"source"` // instance-ID
	Amount float64 `json:"amount"`
}

// Billing has one charge for each instance.
func (p vast) Billing(ctx context.Context, since time.Time) ([]Charge, error) {
	filters := fmt.Sprintf(`{"day":{"gte":%d,"lte":%d},"type":{"in":["instance"]}}`, since.Unix(), p.c.clock.Now().Unix())
	var charges []Charge
	token := ""
	for range maxVastPages {
		var reply struct {
			Results   []vastCharge `json:"results"`
			NextToken string       `json:"next_token"`
		}
		query := url.Values{"select_filters": {filters}, "limit": {"500"}}
		if token != "" {
			query.Set("after_token", token)
		}
		err := p.c.do(ctx, request{doing: "read the charges", method: http.MethodGet, path: "/api/v0/charges/", query: query, paces: []string{"charges"}, into: &reply})
		if err != nil {
			return nil, err
		}
		charges = slices.Grow(charges, len(reply.Results))
		for _, r := range reply.Results {
			id, _ := strings.CutPrefix(r.Source, "instance-")
			charges = append(charges, Charge{Provider: p.Name(), Box: id, Start: time.Unix(int64(r.Start), 0), End: time.Unix(int64(r.End), 0), Dollars: r.Amount})
		}
		if token = reply.NextToken; token == "" {
			return charges, nil
		}
	}
	return nil, unanswered(ctx, p.Name(), "read the charges", fmt.Errorf("they do not end after %d pages", maxVastPages), nil)
}

// SelfDestruct goes by the key that Vast.ai puts into every instance: it can start,
// stop and destroy that one alone (api-reference/hello-world.mdx).
func (p vast) SelfDestruct(box Box) (SelfDestruct, bool) {
	return SelfDestruct{
		Method: http.MethodDelete, URL: p.c.base.JoinPath("/api/v0/instances/", box.ID, "/").String(), KeyEnv: "CONTAINER_API_KEY", IDEnv: "CONTAINER_ID", Verified: true,
	}, true
}
