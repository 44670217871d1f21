package report

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// browser starts a headless one, or skips the test where there is none.
func browser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	if path == "" {
		t.Skip("no Chromium is here to look at the page with")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.Flag("disable-dev-shm-usage", true))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}

// cutScript lists what stands out of the page or of its box with no way to
// scroll there, and texts too close in colour to what lies behind them.
const cutScript = `(() => {
  const bad = [];
  document.querySelectorAll('details').forEach(d => d.open = true);
  if (document.documentElement.scrollWidth > innerWidth) bad.push('the page is ' + document.documentElement.scrollWidth + ' wide in ' + innerWidth);
  const light = c => { const v = c.match(/[\d.]+/g).map(Number); return v.slice(0, 3).map(x => { x /= 255; return x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4 }) };
  const lum = c => { const [r, g, b] = light(c); return .2126 * r + .7152 * g + .0722 * b };
  const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (!/, 0\)$/.test(c) && c !== 'transparent') return c } return 'rgb(255,255,255)' };
  for (const e of document.querySelectorAll('h1,h2,p,td,th,dt,dd,pre,summary,a,small,b,li,figcaption,svg text')) {
    const box = e.getBoundingClientRect();
    if (!box.width) continue;
    const own = e.textContent.trim().slice(0, 40);
    const scrolls = e.closest('.scroll') && !(innerWidth <= 600 && e.closest('.wide'));
    if (!scrolls && (box.left < -1 || box.right > innerWidth + 1)) bad.push(e.tagName + ' ' + own + ' ends at ' + Math.round(box.right));
    const style = getComputedStyle(e), ink = e.tagName === 'text' ? style.fill : style.color;
    const a = lum(ink), b = lum(behind(e)), ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) bad.push(e.tagName + ' ' + own + ' has a contrast of ' + ratio.toFixed(2));
  }
  return bad.slice(0, 20);
})()`

// screenshots is a directory to leave pictures in; "" leaves none.
var screenshots = os.Getenv("TRAINYARD_SCREENSHOTS")

// looked is what a browser made of the page.
type looked struct {
	faults  []string
	picture []byte
}

// look shows the page in a scheme of colours at a width, examples unfolded.
func look(ctx context.Context, file, scheme string, width int64) (l looked, err error) {
	media := func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return chromedp.Void{}, err
	}
	if err := chromedp.Do(ctx, media, chromedp.EmulateViewport(width, 900), chromedp.Navigate("file://"+file)); err != nil {
		return l, err
	}
	l.faults, err = chromedp.Run(ctx, chromedp.Evaluate[[]string](cutScript))
	if err == nil && screenshots != "" {
		l.picture, err = chromedp.Run(ctx, chromedp.FullScreenshot(100))
	}
	return l, err
}

// Nothing is cut and all is read, on a desk and on a phone, by day and by night.
func TestNothingOfThePageIsCut(t *testing.T) {
	file := filepath.Join(t.TempDir(), "report.html")
	text := page(t, mustOpen(t, prepared(t, nil), prepared(t, nil)))
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx := browser(t)
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{1280, 400} {
			name := fmt.Sprintf("%s-%d", scheme, width)
			l, err := look(ctx, file, scheme, width)
			if err != nil {
				t.Fatal(err)
			}
			for _, fault := range l.faults {
				t.Errorf("%s: %s", name, fault)
			}
			if screenshots == "" {
				continue
			}
			if err := os.WriteFile(filepath.Join(screenshots, name+".png"), l.picture, 0o644); err != nil {
				t.Error(err)
			}
		}
	}
}
