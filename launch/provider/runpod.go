package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// runPod speaks REST v2 (runpod/docs, api-reference-v2/openapi.json, 2.0.0). It has
// no idempotency key, no tags, no bids and no life time; the marks are the name and
// an environment variable.
type runPod struct{ c *client }

func openRunPod(c *client) Provider { return runPod{c} }

func (p runPod) Name() string    { return p.c.kind.Name }
func (p runPod) Summary() string { return p.c.kind.Summary }
func (p runPod) Facts() Facts {
	return Facts{Settle: 45 * time.Second, Image: true, Env: true}
}

type runPodGPU struct {
	ID           string               `json:"id"`
	Memory       float64              `json:"memory"` // GB
	Secure       bool                 `json:"secure"`
	Community    bool                 `json:"community"`
	Price        runPodByCloud        `json:"price"` // of one GPU
	MaxCount     runPodByCloud        `json:"maxCount"`
	Availability string               `json:"availability"`
	DataCenters  []runPodAvailability `json:"dataCenters"`
}

type runPodByCloud struct {
	Secure    float64 `json:"secure"`
	Community float64 `json:"community"`
}

func (b runPodByCloud) in(cloud string) float64 {
	if cloud == "COMMUNITY" {
		return b.Community
	}
	return b.Secure
}

type runPodAvailability struct {
	ID           string `json:"id"`
	Availability string `json:"availability"`
}

// Offers asks for each cloud, because stock is told for one at a time.
func (p runPod) Offers(ctx context.Context, want Want) ([]Offer, error) {
	var offers []Offer
	count := max(1, want.Count)
	for _, cloud := range []string{"SECURE", "COMMUNITY"} {
		var reply struct {
			GPUs []runPodGPU `json:"gpus"`
		}
		query := url.Values{"include": {"AVAILABILITY"}, "product": {"POD"}, "count": {strconv.Itoa(count)}, "cloud": {cloud}}
		err := p.c.do(ctx, request{doing: "list GPU types", method: http.MethodGet, path: "/v2/catalog/gpus", query: query, into: &reply})
		if err != nil {
			return nil, err
		}
		for _, gpu := range reply.GPUs {
			if o, ok := gpu.offer(cloud, count, p.c.clock.Now()); ok && want.fits(o) {
				offers = append(offers, o)
			}
		}
	}
	return offers, nil
}

func (g runPodGPU) offer(cloud string, count int, now time.Time) (Offer, bool) {
	sold := g.Secure && cloud == "SECURE" || g.Community && cloud == "COMMUNITY"
	if !sold || g.MaxCount.in(cloud) < float64(count) {
		return Offer{}, false
	}
	return Offer{
		Provider: "runpod", ID: cloud + "/" + g.ID, GPU: GPUName(g.ID, g.Memory), Count: count, GPUMemory: NominalGB(g.Memory),
		PricePerHour: g.Price.in(cloud) * float64(count), Region: g.places(), Stock: strings.ToLower(g.Availability), AsOf: now,
		Note: strings.ToLower(cloud) + " cloud, without disk",
	}, true
}

// places are the data centers with stock, those with the most first.
func (g runPodGPU) places() string {
	var ids []string
	for _, level := range []string{"HIGH", "MEDIUM", "LOW"} {
		for _, at := range g.DataCenters {
			if at.Availability == level {
				ids = append(ids, at.ID)
			}
		}
	}
	return strings.Join(ids, ",")
}

type runPodOrder struct {
	Name          string            `json:"name"`
	Image         string            `json:"image"`
	GPU           runPodGPUOrder    `json:"gpu"`
	Cloud         string            `json:"cloud"`
	DataCenterIDs []string          `json:"dataCenterIds,omitempty"`
	Disk          int               `json:"disk,omitempty"`
	Ports         []string          `json:"ports"`
	Env           map[string]string `json:"env"`
	Args          string            `json:"args,omitempty"`
	StartSSH      bool              `json:"startSsh"`
}

type runPodGPUOrder struct {
	ID    string `json:"id"`
	Count int    `json:"count"`
}

// order is the body of a create. PUBLIC_KEY is what images start sshd with, and a
// request that sets it wins over the account's keys.
func (p runPod) order(o Order) (runPodOrder, error) {
	cloud, gpu, ok := strings.Cut(o.Offer.ID, "/")
	if !ok {
		return runPodOrder{}, fmt.Errorf("runpod: offer %q is none of its own: %w", o.Offer.ID, ErrRefused)
	}
	body := runPodOrder{
		Name: o.marked(p.Facts().NameLimit), Image: o.Image, GPU: runPodGPUOrder{gpu, o.Offer.Count}, Cloud: cloud,
		Disk: o.DiskGB, Ports: []string{"22/tcp"}, Env: o.environment(), StartSSH: true,
	}
	body.Env["PUBLIC_KEY"] = o.PublicKey
	if o.Offer.Region != "" {
		body.DataCenterIDs = strings.Split(o.Offer.Region, ",")
	}
	if o.Bootstrap != "" {
		body.Args = "bash -c " + quote(o.Bootstrap)
	}
	return body, nil
}

// quote makes one word of a POSIX shell of any text.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

func (p runPod) Create(ctx context.Context, o Order) (Box, error) {
	body, err := p.order(o)
	if err != nil {
		return Box{}, err
	}
	var pod runPodPod
	err = p.c.do(ctx, request{doing: "create a pod", method: http.MethodPost, path: "/v2/pods", body: body, create: true, hide: o.hidden(), into: &pod})
	var fault *Fault
	if errors.As(err, &fault) {
		// 400 is a broken rule or no capacity: only the words for people tell which,
		// and the documentation says to try the next.
		fault.noStock = fault.Status == http.StatusBadRequest
	}
	if err == nil && pod.ID == "" {
		err = unanswered(ctx, p.Name(), "create a pod", errors.New("the answer names no pod"), nil)
	}
	if err != nil {
		return Box{}, err
	}
	return pod.box(), nil
}

type runPodPod struct {
	ID     string            `json:"id"`
	Name   string            `json:"name"`
	Status string            `json:"status"`
	Env    map[string]string `json:"env"`
	GPU    struct {
		ID    string `json:"id"`
		Count int    `json:"count"`
	} `json:"gpu"`
	DataCenterID string `json:"dataCenterId"`
	SSH          struct {
		Direct *struct {
			Host     string `json:"host"`
			Port     int    `json:"port"`
			Username string `json:"username"`
		} `json:"direct"`
	} `json:"ssh"`
	Cost      float64   `json:"cost"` // dollars an hour, 0.0 when EXITED though the disk is billed
	CreatedAt time.Time `json:"createdAt"`
}

// runPodStates maps the states, with whether they are billed and why.
var runPodStates = map[string]struct {
	state   State
	billing bool
	why     string
}{
	"PROVISIONING": {Provisioning, true, "a pod is billed from its creation"},
	"STARTING":     {Provisioning, true, "a pod is billed while it starts"},
	"RUNNING":      {Running, true, "it runs"},
	"EXITED":       {Stopped, true, "it is stopped, and its disk is billed although its cost is told as 0"},
	"ERROR":        {Broken, true, "it failed, and whether it is billed is not documented"},
	"TERMINATED":   {Gone, false, "it is deleted"},
}

func (pod runPodPod) box() Box {
	as, known := runPodStates[pod.Status]
	if !known {
		as.state, as.billing, as.why = Unknown, true, fmt.Sprintf("its status %q is not known", pod.Status)
	}
	b := Box{
		Provider: "runpod", ID: pod.ID, State: as.state, Word: pod.Status, Billing: as.billing, BillingWhy: as.why,
		PricePerHour: pod.Cost, CreatedAt: pod.CreatedAt, Count: max(1, pod.GPU.Count), Region: pod.DataCenterID,
	}.marked(pod.Name)
	if n := pod.Env["TRAINYARD_NONCE"]; b.Nonce == "" && nonceShape.MatchString(n) {
		b.Nonce = n // it was renamed
	}
	if pod.GPU.ID != "" {
		b.GPU = GPUName(pod.GPU.ID, 0)
	}
	if at := pod.SSH.Direct; at != nil {
		b.SSH = SSH{at.Host, at.Port, at.Username}
	}
	return b
}

func (p runPod) List(ctx context.Context) ([]Box, error) {
	var reply struct {
		Pods *[]runPodPod `json:"pods"`
	}
	// Pods of a cluster are billed too, and ours never are in one.
	err := p.c.do(ctx, request{doing: "list pods", method: http.MethodGet, path: "/v2/pods", query: url.Values{"includeClusterPods": {"true"}}, into: &reply})
	if err != nil {
		return nil, err
	}
	if reply.Pods == nil {
		return nil, unanswered(ctx, p.Name(), "list pods", errors.New("the answer has no list"), nil)
	}
	var boxes []Box
	for _, pod := range *reply.Pods {
		boxes = append(boxes, pod.box())
	}
	return boxes, nil
}

func (p runPod) Get(ctx context.Context, id string) (Box, error) {
	var pod runPodPod
	err := p.c.do(ctx, request{doing: "look at pod " + id, method: http.MethodGet, path: "/v2/pods/" + url.PathEscape(id), into: &pod})
	if err != nil {
		return Box{}, goneIf(err, p.Name(), id)
	}
	return pod.box(), nil
}

func (p runPod) Destroy(ctx context.Context, id string) error {
	err := p.c.do(ctx, request{doing: "delete pod " + id, method: http.MethodDelete, path: "/v2/pods/" + url.PathEscape(id)})
	return goneIf(err, p.Name(), id)
}

// goneIf turns 404 into a *GoneError. A page of something in between says nothing of
// the box, and neither does Vast.ai's 404 for a key that it does not know.
func goneIf(err error, provider, id string) error {
	var fault *Fault
	if errors.As(err, &fault) && fault.Status == http.StatusNotFound && fault.spoken && fault.Code != "auth_error" {
		return &GoneError{provider, id}
	}
	return err
}

// Billing has one charge for each pod and hour.
func (p runPod) Billing(ctx context.Context, since time.Time) ([]Charge, error) {
	var reply struct {
		Records []struct {
			StartTime   time.Time `json:"startTime"`
			EndTime     time.Time `json:"endTime"`
			PodID       string    `json:"podId"`
			TotalAmount float64   `json:"totalAmount"`
		} `json:"records"`
	}
	query := url.Values{"startTime": {since.UTC().Format(time.RFC3339)}, "bucketSize": {"hour"}}
	err := p.c.do(ctx, request{doing: "read the charges", method: http.MethodGet, path: "/v2/billing/pods", query: query, into: &reply})
	if err != nil {
		return nil, err
	}
	var charges []Charge
	for _, r := range reply.Records {
		charges = append(charges, Charge{Provider: p.Name(), Box: r.PodID, Start: r.StartTime, End: r.EndTime, Dollars: r.TotalAmount})
	}
	return charges, nil
}

// SelfDestruct goes by the key that RunPod puts into every pod.
func (p runPod) SelfDestruct(box Box) (SelfDestruct, bool) {
	return SelfDestruct{
		Method: http.MethodDelete, URL: p.c.base.JoinPath("/v2/pods/", box.ID).String(), KeyEnv: "RUNPOD_API_KEY", IDEnv: "RUNPOD_POD_ID",
		Note: "RunPod documents RUNPOD_API_KEY as a key of this pod's scope (runpod/docs, pods/templates/environment-variables.mdx); whether it may delete the pod is not documented",
	}, true
}
