package provider

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// lambda speaks Lambda Cloud 1.10.0 (api-evangelist/lambda-labs,
// openapi/lambda-labs-openapi.json). An instance is marked by its name and its tags;
// it has no time of creation, so that a tag holds the time we asked.
type lambda struct{ c *client }

// One request a second; a launch every 12 s (the API's description).
func openLambda(c *client) Provider {
	c.paces = map[string]time.Duration{"all": time.Second, "launch": 12 * time.Second}
	return lambda{c}
}

func (p lambda) Name() string    { return p.c.kind.Name }
func (p lambda) Summary() string { return p.c.kind.Summary }
func (p lambda) Facts() Facts    { return Facts{Settle: time.Minute, NameLimit: 64} }

func (p lambda) call(ctx context.Context, r request, data any) error {
	r.paces = append(r.paces, "all")
	r.into = &struct {
		Data any `json:"data"`
	}{data}
	r.path = "/api/v1/" + r.path
	return p.c.do(ctx, r)
}

type lambdaType struct {
	Name           string `json:"name"`
	GPUDescription string `json:"gpu_description"`
	Price          int    `json:"price_cents_per_hour"`
	Specs          struct {
		VCPUs   int `json:"vcpus"`
		Memory  int `json:"memory_gib"`
		Storage int `json:"storage_gib"`
		GPUs    int `json:"gpus"`
	} `json:"specs"`
}

type lambdaNamed struct {
	Name string `json:"name"`
}

func (p lambda) Offers(ctx context.Context, want Want) ([]Offer, error) {
	var types map[string]struct {
		Type    lambdaType    `json:"instance_type"`
		Regions []lambdaNamed `json:"regions_with_capacity_available"`
	}
	if err := p.call(ctx, request{doing: "list instance types", method: http.MethodGet, path: "instance-types"}, &types); err != nil {
		return nil, err
	}
	var offers []Offer
	for _, name := range slices.Sorted(maps.Keys(types)) {
		o := types[name].Type.offer(types[name].Regions, p.c.clock.Now())
		if o.Count > 0 && want.fits(o) && want.DiskGB <= o.Disk {
			offers = append(offers, o)
		}
	}
	return offers, nil
}

func (t lambdaType) offer(regions []lambdaNamed, now time.Time) Offer {
	var places []string
	for _, r := range regions {
		places = append(places, r.Name)
	}
	stock := "none"
	if len(places) > 0 {
		stock = "available"
	}
	return Offer{
		Provider: "lambda", ID: t.Name, GPU: GPUName(t.GPUDescription, 0), Count: t.Specs.GPUs, GPUMemory: int(memoryIn(strings.ToLower(t.GPUDescription))),
		PricePerHour: float64(t.Price) / 100, Region: strings.Join(places, ","), Stock: stock,
		CPU: t.Specs.VCPUs, RAM: t.Specs.Memory, Disk: t.Specs.Storage, AsOf: now,
	}
}

type lambdaTag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

const (
	lambdaNonceTag = "trainyard-nonce"
	lambdaAskedTag = "trainyard-asked"
)

type lambdaOrder struct {
	Region   string      `json:"region_name"`
	Type     string      `json:"instance_type_name"`
	Keys     []string    `json:"ssh_key_names"`
	Name     string      `json:"name"`
	UserData string      `json:"user_data,omitempty"`
	Tags     []lambdaTag `json:"tags"`
}

// Create makes sure of the ssh key first: a launch names one of the account.
func (p lambda) Create(ctx context.Context, o Order) (Box, error) {
	region, _, _ := strings.Cut(o.Offer.Region, ",")
	if region == "" {
		return Box{}, &Fault{Provider: p.Name(), Doing: "launch an instance", Detail: fmt.Sprintf("no region has capacity for %s", o.Offer.ID), clear: true, noStock: true}
	}
	key, err := p.key(ctx, o.PublicKey)
	if err != nil {
		return Box{}, unsent(err)
	}
	body := lambdaOrder{
		Region: region, Type: o.Offer.ID, Keys: []string{key}, Name: o.marked(p.Facts().NameLimit), UserData: userData(o.Bootstrap),
		Tags: []lambdaTag{{lambdaNonceTag, o.Nonce}, {lambdaAskedTag, p.c.clock.Now().UTC().Format(time.RFC3339)}},
	}
	var reply struct {
		IDs []string `json:"instance_ids"`
	}
	err = p.call(ctx, request{doing: "launch an instance", method: http.MethodPost, path: "instance-operations/launch", body: body, create: true, paces: []string{"launch"}}, &reply)
	if err != nil {
		return Box{}, p.judge(err)
	}
	if len(reply.IDs) != 1 || reply.IDs[0] == "" {
		return Box{}, unanswered(ctx, p.Name(), "launch an instance", fmt.Errorf("the answer names %d instances", len(reply.IDs)), nil)
	}
	return Box{
		Provider: p.Name(), ID: reply.IDs[0], State: Provisioning, Word: "booting", // the price is told by Get
		Billing: true, BillingWhy: "it boots", GPU: o.Offer.GPU, Count: o.Offer.Count, Region: region, CreatedAt: p.c.clock.Now(),
	}.marked(body.Name), nil
}

// unsent marks a failure before the launch was sent: nothing was made.
func unsent(err error) error {
	var fault *Fault
	if errors.As(err, &fault) {
		fault.clear, fault.unsent = fault.clear && !fault.passing(), true
	}
	return err
}

// judge reads the code of a refused launch. Codes that begin with provider/ are of
// services behind the API, and say nothing of what those did.
func (p lambda) judge(err error) error {
	var fault *Fault
	if errors.As(err, &fault) {
		fault.noStock = strings.Contains(fault.Code, "insufficient-capacity")
		fault.clear = fault.clear && !strings.HasPrefix(fault.Code, "provider/")
	}
	return err
}

// userData is a script as cloud-init takes it.
func userData(script string) string {
	if script == "" || strings.HasPrefix(script, "#!") {
		return script
	}
	return "#!/bin/bash\n" + script
}

// key is the name that the account has for the public key, which is added where it
// is missing. Two callers at once may add it twice, under one name of which the
// second is refused: then it is looked for again.
func (p lambda) key(ctx context.Context, line string) (string, error) {
	name, err := p.findKey(ctx, line)
	if err != nil || name != "" {
		return name, err
	}
	sum := sha256.Sum256([]byte(keyOf(line)))
	name = mark + hex.EncodeToString(sum[:6])
	body := map[string]string{"name": name, "public_key": line}
	added := p.call(ctx, request{doing: "add the ssh key", method: http.MethodPost, path: "ssh-keys", body: body, create: true}, &struct{}{})
	if added == nil {
		return name, nil
	}
	if name, err = p.findKey(ctx, line); err == nil && name != "" {
		return name, nil
	}
	return "", added
}

// keyOf is a public key without its comment.
func keyOf(line string) string {
	fields := strings.Fields(line)
	return strings.Join(fields[:min(2, len(fields))], " ")
}

func (p lambda) findKey(ctx context.Context, line string) (string, error) {
	var keys []struct {
		Name      string `json:"name"`
		PublicKey string `json:"public_key"`
	}
	if err := p.call(ctx, request{doing: "list ssh keys", method: http.MethodGet, path: "ssh-keys"}, &keys); err != nil {
		return "", err
	}
	for _, k := range keys {
		if keyOf(k.PublicKey) == keyOf(line) {
			return k.Name, nil
		}
	}
	return "", nil
}

type lambdaInstance struct {
	ID     string      `json:"id"`
	Name   string      `json:"name"`
	IP     string      `json:"ip"`
	Status string      `json:"status"`
	Region lambdaNamed `json:"region"`
	Type   lambdaType  `json:"instance_type"`
	Tags   []lambdaTag `json:"tags"`
}

var lambdaStates = map[string]struct {
	state State
	why   string
}{
	"booting":     {Provisioning, "it boots"},
	"active":      {Running, "it runs, and only its termination ends that: a shutdown does not"},
	"unhealthy":   {Broken, "it is unhealthy, and only its termination ends that"},
	"terminating": {Terminating, "it is being terminated"},
	"preempted":   {Preempted, "it was taken away; whether it is billed is not documented"},
	"terminated":  {Gone, "it is terminated"},
}

func (i lambdaInstance) box() Box {
	as, known := lambdaStates[i.Status]
	if !known {
		as.state, as.why = Unknown, fmt.Sprintf("its status %q is not known", i.Status)
	}
	b := Box{
		Provider: "lambda", ID: i.ID, State: as.state, Word: i.Status, Billing: as.state != Gone, BillingWhy: as.why,
		PricePerHour: float64(i.Type.Price) / 100, GPU: GPUName(i.Type.GPUDescription, 0), Count: i.Type.Specs.GPUs, Region: i.Region.Name,
	}.marked(i.Name)
	for _, tag := range i.Tags {
		switch {
		case tag.Key == lambdaNonceTag && nonceShape.MatchString(tag.Value):
			b.Nonce = tag.Value
		case tag.Key == lambdaAskedTag:
			b.CreatedAt, _ = time.Parse(time.RFC3339, tag.Value) // zero where it was changed
		}
	}
	if as.state == Gone {
		b.PricePerHour = 0
	}
	if i.IP != "" {
		b.SSH = SSH{i.IP, 22, "ubuntu"} // the user of Lambda Stack
	}
	return b
}

func (p lambda) List(ctx context.Context) ([]Box, error) {
	var instances *[]lambdaInstance
	if err := p.call(ctx, request{doing: "list instances", method: http.MethodGet, path: "instances"}, &instances); err != nil {
		return nil, err
	}
	if instances == nil {
		return nil, unanswered(ctx, p.Name(), "list instances", errors.New("the answer has no list"), nil)
	}
	var boxes []Box
	for _, i := range *instances {
		boxes = append(boxes, i.box())
	}
	return boxes, nil
}

func (p lambda) Get(ctx context.Context, id string) (Box, error) {
	var i lambdaInstance
	err := p.call(ctx, request{doing: "look at instance " + id, method: http.MethodGet, path: "instances/" + url.PathEscape(id)}, &i)
	if err != nil {
		return Box{}, goneIf(err, p.Name(), id)
	}
	return i.box(), nil
}

// Destroy believes only an answer that lists the instance.
func (p lambda) Destroy(ctx context.Context, id string) error {
	var reply struct {
		Terminated []lambdaInstance `json:"terminated_instances"`
	}
	doing := "terminate instance " + id
	body := map[string][]string{"instance_ids": {id}}
	err := p.call(ctx, request{doing: doing, method: http.MethodPost, path: "instance-operations/terminate", body: body}, &reply)
	if err != nil {
		return goneIf(err, p.Name(), id)
	}
	if !slices.ContainsFunc(reply.Terminated, func(i lambdaInstance) bool { return i.ID == id }) {
		return unanswered(ctx, p.Name(), doing, errors.New("the answer does not list it"), nil)
	}
	return nil
}

// Billing: the API has no charges.
func (p lambda) Billing(context.Context, time.Time) ([]Charge, error) {
	return nil, fmt.Errorf("lambda: %w", ErrNoBilling)
}

// SelfDestruct: no key of a narrow scope reaches an instance, and a shutdown from
// inside does not end the bill. A watcher outside has to terminate it.
func (p lambda) SelfDestruct(Box) (SelfDestruct, bool) { return SelfDestruct{}, false }
