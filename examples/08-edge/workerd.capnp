using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "services", worker = .services),
  ],
  sockets = [(name = "http", address = "127.0.0.1:8787", http = (), service = "main")],
);

const main :Workerd.Worker = (
  modules = [(name = "main.js", esModule = embed "dist/main.js")],
  compatibilityDate = "2026-11-17",
  bindings = [(name = "SERVICES", service = "services")],
);

const services :Workerd.Worker = (
  modules = [(name = "services.js", esModule = embed "dist/services.js")],
  compatibilityDate = "2026-11-17",
);
