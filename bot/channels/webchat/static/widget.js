/* The hotline on another site: <script src="https://…/widget.js" async></script>. A button in the
   corner opens the chat in a frame. The service calls this function with its words. */

(function (words) {
  "use strict";

  const home = new URL(document.currentScript.src).origin;
  const Z = "2147483000"; // above whatever the site has
  const INK = "#0d4750";
  let panel = null;
  let frame = null;

  function made(tag, style, attributes) {
    const element = document.createElement(tag);
    Object.assign(element.style, style); // the site's policy allows this, but no style element
    for (const name of Object.keys(attributes)) element.setAttribute(name, attributes[name]);
    return element;
  }

  const plain = {
    boxSizing: "border-box",
    margin: "0",
    border: "0",
    font: 'bold 18px/1.3 system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", sans-serif',
    cursor: "pointer",
  };

  const launcher = made(
    "button",
    Object.assign({}, plain, {
      position: "fixed",
      right: "20px",
      bottom: "20px",
      zIndex: Z,
      minHeight: "56px",
      padding: "0 26px",
      color: "#fff",
      background: INK,
      borderRadius: "28px",
      boxShadow: "0 0 0 2px #fff, 0 6px 20px rgba(0, 0, 0, .3)",
    }),
    { type: "button", "aria-expanded": "false", "aria-haspopup": "dialog" }
  );
  launcher.textContent = words.widget_open;
  launcher.addEventListener("click", open);

  function open() {
    if (!panel) build();
    arrange();
    panel.style.display = "flex";
    launcher.style.display = "none";
    launcher.setAttribute("aria-expanded", "true");
    frame.focus();
  }

  function close() {
    panel.style.display = "none";
    launcher.style.display = "";
    launcher.setAttribute("aria-expanded", "false");
    launcher.focus();
  }

  function build() {
    panel = made(
      "div",
      {
        position: "fixed",
        zIndex: Z,
        flexDirection: "column",
        overflow: "hidden",
        background: INK,
        boxShadow: "0 10px 40px rgba(0, 0, 0, .35)",
      },
      { role: "dialog", "aria-label": words.widget_title }
    );
    const shut = made(
      "button",
      Object.assign({}, plain, {
        alignSelf: "flex-end",
        minHeight: "48px",
        padding: "0 20px",
        color: "#fff",
        background: "transparent",
      }),
      { type: "button" }
    );
    shut.textContent = words.widget_close + " ✕";
    shut.addEventListener("click", close);
    frame = made(
      "iframe",
      { flex: "1", width: "100%", border: "0", background: "#f7f4ed" },
      { src: home + "/?embed=1", title: words.widget_title }
    );
    panel.appendChild(shut);
    panel.appendChild(frame);
    panel.addEventListener("keydown", (event) => event.key === "Escape" && close());
    document.body.appendChild(panel);
  }

  /* A window in the corner; on a phone, the whole screen. */
  function arrange() {
    const small = window.innerWidth < 560 || window.innerHeight < 480;
    Object.assign(panel.style, {
      right: small ? "0" : "20px",
      bottom: small ? "0" : "20px",
      width: small ? "100%" : "420px",
      height: small ? "100%" : Math.min(window.innerHeight - 40, 720) + "px",
      borderRadius: small ? "0" : "18px",
    });
  }

  window.addEventListener("message", (event) => {
    const ours = frame && event.origin === home && event.source === frame.contentWindow;
    if (ours && event.data === "hotline:close") close();
  });
  window.addEventListener("resize", () => panel && arrange());

  function appear() {
    document.body.appendChild(launcher);
  }
  if (document.body) appear();
  else document.addEventListener("DOMContentLoaded", appear);
})
