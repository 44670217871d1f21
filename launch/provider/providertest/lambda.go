package providertest

import (
	"net/http"
	"time"
)

type lambdaAPI struct{ f *Fake }

func (a lambdaAPI) paces() map[string]time.Duration {
	return map[string]time.Duration{"all": time.Second, "POST /api/v1/instance-operations/launch": 12 * time.Second}
}

// lambdaCodes are those of errors that have no more special one.
var lambdaCodes = map[int]string{
	http.StatusBadRequest: "global/invalid-parameters", http.StatusUnauthorized: "global/invalid-api-key",
	http.StatusNotFound: "global/object-does-not-exist", http.StatusTooManyRequests: "global/too-many-requests",
}

func (a lambdaAPI) fail(w http.ResponseWriter, status int, code, words string) {
	if code == "" {
		code = lambdaCodes[status]
	}
	if code == "" {
		code = "global/internal-error"
	}
	a.f.json(w, status, map[string]any{"error": map[string]any{"code": code, "message": words}})
}

func (a lambdaAPI) data(w http.ResponseWriter, v any) {
	a.f.json(w, http.StatusOK, map[string]any{"data": v})
}

func (a lambdaAPI) routes() map[string]route {
	return map[string]route{
		"GET /api/v1/instance-types":                 a.types,
		"GET /api/v1/ssh-keys":                       a.keys,
		"POST /api/v1/ssh-keys":                      a.addKey,
		"POST /api/v1/instance-operations/launch":    a.launch,
		"POST /api/v1/instance-operations/terminate": a.terminate,
		"GET /api/v1/instances":                      a.list,
		"GET /api/v1/instances/*":                    a.get,
	}
}

var lambdaTypes = []struct {
	name, gpu string
	gpus      int
	cents     int
	regions   []string
}{
	{"gpu_1x_h100_pcie", "H100 (80 GB PCIe)", 1, 249, nil},
	{"gpu_8x_h100_sxm5", "H100 (80 GB SXM5)", 8, 2392, []string{"us-west-1", "us-east-3"}},
	{"gpu_1x_h100_sxm5", "H100 (80 GB SXM5)", 1, 329, []string{"us-west-1"}},
	{"gpu_1x_a10", "A10 (24 GB PCIe)", 1, 75, []string{"us-west-1"}},
	{"gpu_8x_b200_sxm6", "B200 (180 GB SXM6)", 8, 3992, nil},
}

func lambdaType(name, gpu string, gpus, cents int) map[string]any {
	return map[string]any{"name": name, "description": name, "gpu_description": gpu, "price_cents_per_hour": cents,
		"specs": map[string]any{"vcpus": 26 * gpus, "memory_gib": 225 * gpus, "storage_gib": 2816, "gpus": gpus}}
}

func region(name string) map[string]any {
	return map[string]any{"name": name, "description": "California, USA"}
}

func (a lambdaAPI) types(w http.ResponseWriter, _ *http.Request, _ string, _ any) {
	all := map[string]any{}
	for _, t := range lambdaTypes {
		regions := []any{}
		for _, r := range t.regions {
			regions = append(regions, region(r))
		}
		all[t.name] = map[string]any{"instance_type": lambdaType(t.name, t.gpu, t.gpus, t.cents), "regions_with_capacity_available": regions}
	}
	a.data(w, all)
}

func (a lambdaAPI) keys(w http.ResponseWriter, _ *http.Request, _ string, _ any) {
	if a.f.strikes(KeysDown) {
		a.fail(w, http.StatusInternalServerError, "", "An internal server error occurred.")
		return
	}
	all := []any{}
	for name, key := range a.f.keys {
		all = append(all, map[string]any{"id": "key-" + name, "name": name, "public_key": key})
	}
	a.data(w, all)
}

var lambdaKey = object(true, []string{"name"}, map[string]shape{"name": text(64, `.`), "public_key": text(4096, `.`)})

func (a lambdaAPI) addKey(w http.ResponseWriter, _ *http.Request, _ string, body any) {
	name := field(body, "name")
	if a.f.wrong("ssh-keys", lambdaKey("body", body)) || a.f.keys[name] != "" {
		a.fail(w, http.StatusBadRequest, "global/duplicate", "the name is taken")
		return
	}
	a.f.keys[name] = field(body, "public_key")
	a.data(w, map[string]any{"id": "key-" + name, "name": name, "public_key": a.f.keys[name]})
}

var lambdaLaunch = object(false, []string{"region_name", "instance_type_name", "ssh_key_names"}, map[string]shape{
	"region_name": text(0, `.`), "instance_type_name": text(0, `.`), "ssh_key_names": list(1, 1, text(64, `.`)),
	"file_system_names": anything, "file_system_mounts": anything, "hostname": text(63, `^[a-z0-9][0-9a-z-]{0,62}$`), "name": text(64, ``),
	"image": anything, "user_data": text(1<<20, ``), "firewall_rulesets": anything,
	"tags": list(0, 0, object(false, []string{"key", "value"}, map[string]shape{"key": text(55, `^[a-z][a-z0-9-:]+$`), "value": text(128, ``)})),
})

func (a lambdaAPI) launch(w http.ResponseWriter, r *http.Request, _ string, body any) {
	if a.f.wrong("launch", lambdaLaunch("body", body)) {
		a.fail(w, http.StatusBadRequest, "", "Invalid request data.")
		return
	}
	m := body.(map[string]any)
	box := &Rented{ID: a.f.newID(), Name: field(body, "name"), Region: field(body, "region_name"), Tags: map[string]string{}, Onstart: field(body, "user_data")}
	for _, t := range lambdaTypes {
		if t.name == field(body, "instance_type_name") {
			box.GPU, box.Count, box.Price = t.gpu, t.gpus, float64(t.cents)/100
		}
	}
	for _, name := range m["ssh_key_names"].([]any) {
		box.Keys = append(box.Keys, a.f.keys[name.(string)])
	}
	if box.Price == 0 || box.Keys[0] == "" {
		a.fail(w, http.StatusNotFound, "", "no such type or key")
		return
	}
	tags, _ := m["tags"].([]any)
	for _, t := range tags {
		box.Tags[field(t, "key")] = field(t, "value")
	}
	a.f.create(w, r, box, func() { a.data(w, map[string]any{"instance_ids": []string{box.ID}}) })
}

func (a lambdaAPI) instance(b *Rented) map[string]any {
	can := map[string]any{"available": true}
	tags := []any{}
	for key, value := range b.Tags {
		tags = append(tags, map[string]any{"key": key, "value": value})
	}
	i := map[string]any{
		"id": b.ID, "name": b.Name, "status": "active", "ssh_key_names": []string{"key"}, "file_system_names": []string{}, "region": region(b.Region),
		"instance_type": lambdaType("type", b.GPU, b.Count, int(b.Price*100+0.5)), "tags": tags,
		"actions": map[string]any{"migrate": can, "rebuild": can, "restart": can, "cold_reboot": can, "terminate": can},
	}
	switch now := a.f.clock.Now(); {
	case !b.EndAsked.IsZero() && a.f.gone(b):
		i["status"] = "terminated"
	case !b.EndAsked.IsZero():
		i["status"] = "terminating"
	case b.Stopped:
		i["status"] = "unhealthy"
	case now.Sub(b.CreatedAt) < 10*time.Second:
		i["status"] = "booting"
	default:
		host, _ := a.f.address(b, "198.51.100.2", 22) // its port is no choice
		i["ip"], i["private_ip"], i["hostname"] = host, "10.0.2.100", host
	}
	return i
}

// list shows an instance for two minutes after its end, as terminated.
func (a lambdaAPI) list(w http.ResponseWriter, _ *http.Request, _ string, _ any) {
	if a.f.strikes(ListDown) {
		a.fail(w, http.StatusBadGateway, "provider/internal-unavailable", "Provider unavailable")
		return
	}
	all := []any{}
	for _, b := range a.f.boxes {
		if now := a.f.clock.Now(); !now.Before(b.Visible) && (b.GoneAt.IsZero() || now.Sub(b.GoneAt) < 2*time.Minute) {
			all = append(all, a.instance(b))
		}
	}
	a.data(w, all)
}

func (a lambdaAPI) get(w http.ResponseWriter, _ *http.Request, id string, _ any) {
	b := a.f.seen(id)
	if b == nil {
		a.f.absent(w)
		return
	}
	a.data(w, a.instance(b))
}

var lambdaTerminate = object(true, []string{"instance_ids"}, map[string]shape{"instance_ids": list(1, 0, text(0, `.`))})

func (a lambdaAPI) terminate(w http.ResponseWriter, _ *http.Request, _ string, body any) {
	if a.f.wrong("terminate", lambdaTerminate("body", body)) {
		a.fail(w, http.StatusBadRequest, "", "Invalid request data.")
		return
	}
	ids := body.(map[string]any)["instance_ids"].([]any)
	a.f.destroy(w, ids[0].(string), func(b *Rented) {
		a.data(w, map[string]any{"terminated_instances": []any{a.instance(b)}})
	})
}
