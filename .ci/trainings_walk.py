"""trainings_walk.py WORK DATASET MODEL PLACE…: LLaMA-Factory, TRL and axolotl train
on the rows of DATASET at each PLACE (local, box, cluster), started and tracked by the
program that TRAINYARD names; then trainers and a box are killed, and runs go on from
their checkpoints. Every case prints PASS or FAIL, what it saw, and how long it took."""

import concurrent.futures
import os
import re
import signal
import sys
import time
import traceback

from trainings_box import Box
from trainings_kill import kill_rank, kill_trainer
from trainings_run import Fault, Yard, check

work, dataset, model, *places = sys.argv[1:]
TRAINERS = os.environ["TRAINERS"].split()
ONLY = os.environ.get("ONLY", "")
STEPS, SAVE = 6, 2
MORE = 10  # steps of a run that is to be caught in the middle


def finished(yard, run, steps):
    """What must hold of a run that came to its end."""
    check(run["state"] == "succeeded", f"the run is {run['state']}: {run.get('reason')}")
    check(run.get("exit_code") == 0 and not run.get("signal"), f"its exit code is {run.get('exit_code')}, its signal {run.get('signal')}")
    check((run["step"], run["total_steps"]) == (steps, steps), f"it is at step {run['step']} of {run['total_steps']}, and {steps} were asked for")
    told = yard.curve(run)
    own = yard.own_curve(run)
    check([p["step"] for p in told] == list(range(1, steps + 1)), f"the curve has the steps {[p['step'] for p in told]}")
    check(sorted(own) == list(range(1, steps + 1)), f"the trainer's own has the steps {sorted(own)}")
    other = {p["step"]: (p["value"], own[p["step"]]) for p in told if p["value"] != own[p["step"]]}
    check(not other, f"losses differ from the trainer's own: {other}")
    saved = yard.checkpoints(run)
    check(saved and all(c["whole"] for c in saved if c["attempt"] == run["attempt"]), f"the checkpoints are {saved}")
    check(saved[0]["step"] == steps, f"the newest checkpoint is of step {saved[0]['step']}")
    return f"{steps} steps, loss {told[0]['value']:.4f} to {told[-1]['value']:.4f}, checkpoints {[c['step'] for c in saved]}"


def straight(yard, trainer, place):
    run = yard.wait(yard.launch(trainer, place, STEPS, SAVE))
    said = finished(yard, run, STEPS)
    saved = sorted(c["step"] for c in yard.checkpoints(run))
    check(saved == [2, 4, 6], f"checkpoints are of the steps {saved}")
    return said


def resumed(yard, run, steps, *flags):
    """The run goes on from its newest whole checkpoint, and its curve is one."""
    saved = yard.checkpoints(run)
    whole = max((c["step"] for c in saved if c["whole"]), default=None)
    check(whole, f"no checkpoint is whole: {saved}")
    yard.call(run["job"]["trainer"], "runs", "resume", run["id"], "--detach", *flags)
    again = yard.wait(run["id"])
    check(again["attempt"] == 2, f"it is attempt {again['attempt']}")
    check(again.get("resumed_step") == whole, f"it was resumed from step {again.get('resumed_step')}, and {whole} is the newest")
    said = finished(yard, again, steps)
    by = {p["step"]: p["attempt"] for p in yard.curve(again)}
    wrong = {step: n for step, n in by.items() if n != (1 if step <= whole else 2)}
    check(not wrong, f"attempts of the steps that were resumed after {whole}: {wrong}")
    return f"resumed from step {whole}, {said}"


def killed(yard, trainer, kill):
    """A trainer that is killed in the middle, by kill -9."""
    id = yard.launch(trainer, "local", MORE, SAVE)
    yard.until_saved(id, "local")
    whom = kill(yard.attempt(id, 1))
    run = yard.wait(id)
    check(run["state"] == "failed", f"the run is {run['state']}: {run.get('reason')}")
    check(run["step"] < MORE, "it came to its end before it was killed")
    check("signal 9" in run["reason"] and "SIGKILL" in run["reason"], f"the reason has no word of the signal: {run['reason']}")
    if kill is kill_trainer:
        check(run.get("signal") == 9, f"its signal is {run.get('signal')}")
    alive = yard.alive(id)
    check(not alive, f"of the run that ended there lives {alive}")
    kind = (run.get("ending") or {}).get("class")
    check(kind in ("other", "host-memory"), f"its class is {kind}")
    return f"{whom} killed at step {run['step']} ({kind}: {run['reason']}); {resumed(yard, run, MORE)}"


def box_killed(yard, trainer):
    """All of the box dies, and it comes up again on its disk."""
    id = yard.launch(trainer, "box", MORE, SAVE)
    yard.until_saved(id, "box")
    box.kill()
    away = yard.show(id)
    check(away["state"] not in ("failed", "succeeded"), f"a box out of sight is no reason for {away['state']}: {away.get('reason')}")
    box.up()
    run = yard.wait(id)
    check(run["state"] in ("preempted", "lost") and run.get("reason"), f"the run is {run['state']}: {run.get('reason')}")
    check(run["step"] < MORE, "it came to its end before the box was killed")
    flags = ["--after-lost"] if run["state"] == "lost" else []
    return f"while away {away['state']}; then {run['state']}: {run['reason']}; {resumed(yard, run, MORE, *flags)}"


def bad_key(yard, trainer):
    """A setting that the trainer does not have."""
    run = yard.wait(yard.launch(trainer, "local", STEPS, SAVE, "train.params.no_such_setting=1"))
    check(run["state"] == "failed" and run.get("exit_code"), f"the run is {run['state']}, code {run.get('exit_code')}")
    check("no_such_setting" in run["reason"], f"the reason does not name the setting: {run['reason']}")
    kind = (run.get("ending") or {}).get("class")
    check(kind == "config", f"its class is {kind}: {run.get('ending')}")
    return f"exit code {run['exit_code']}, {kind}: {run['reason'][:160]}"


def overlooked(yard, trainer):
    """A trainer that reads over a name that it does not have: the launch says so."""
    said = yard.told(trainer, "local", STEPS, SAVE, "--dry-run", "train.params.no_such_setting=1")
    line = next((line for line in said.splitlines() if "no_such_setting" in line and "warning" in line), None)
    check(line, f"no warning names the setting: {said[-2000:]}")
    return line


def code_3(yard):
    argv = '["python", "-c", "import trl, sys; sys.exit(3)"]'
    run = yard.wait(yard.launch("command", "local", STEPS, SAVE, f"train.params.argv={argv}"))
    check((run["state"], run.get("exit_code")) == ("failed", 3), f"the run is {run['state']}, code {run.get('exit_code')}: {run.get('reason')}")
    return f"exit code 3: {run['reason']}"


def cases():
    for place in places:
        for trainer in TRAINERS:
            yield f"{trainer} on {place}", straight, trainer, place
    for trainer, kill in (("llamafactory", kill_trainer), ("trl", kill_rank), ("axolotl", kill_trainer)):
        if trainer in TRAINERS:
            yield f"{trainer} killed", killed, trainer, kill
    for trainer in TRAINERS:
        yield f"{trainer} with a setting that it does not have", bad_key if trainer == "llamafactory" else overlooked, trainer
    if "trl" in TRAINERS:
        yield "a program that ends with code 3", code_3
    if "box" in places:  # last: what runs in the box dies
        yield f"{TRAINERS[0]} on a box that is killed", box_killed, TRAINERS[0]


def case(name, body, *args):
    began, yard = time.monotonic(), Yard(work, dataset, model)
    live[name] = yard
    try:
        said, good = body(yard, *args), True
    except Fault as e:
        said, good = str(e), False
    except Exception:
        said, good = traceback.format_exc(), False
    print(f"{'PASS' if good else 'FAIL'} {name}: {said} ({time.monotonic() - began:.0f} s)", flush=True)
    yard.sweep(good)
    del live[name]
    return good


def asked_to_end(*_):
    """Runs outlive what launched them: they are stopped first."""
    for yard in list(live.values()):
        yard.sweep(False)
    box.kill()
    os._exit(143)


live = {}  # the yards of cases that go on, by name
signal.signal(signal.SIGTERM, asked_to_end)
box = Box(os.path.join(work, "box"), [os.path.realpath(p) for p in os.environ.get("BOX_PATHS", "").split(":") if p])
began = time.monotonic()
wanted = [c for c in cases() if re.search(ONLY, c[0])]
try:
    if "box" in places:
        box.up()
    side, last = [c for c in wanted if c[1] is not box_killed], [c for c in wanted if c[1] is box_killed]
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("SIDE_BY_SIDE", "2"))) as pool:
        good = list(pool.map(lambda c: case(*c), side))
    good += [case(*c) for c in last]
finally:
    box.kill()
print(f"{sum(good)} of {len(good)} cases hold, {time.monotonic() - began:.0f} s")
sys.exit(0 if all(good) and good else 1)
