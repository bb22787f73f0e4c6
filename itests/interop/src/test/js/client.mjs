// Logs in with Canonical's own JavaScript client, makes a model and reads its status. node client.mjs HOST:PORT USER PASSWORD MODEL
import websocket from "websocket";
import { connectAndLogin } from "@canonical/jujulib";
import ModelManager from "@canonical/jujulib/dist/api/facades/model-manager/index.js";
import Client from "@canonical/jujulib/dist/api/facades/client/index.js";

const [host, username, password, name] = process.argv.slice(2);
const credentials = { username, password };
const options = (facades) => ({ facades, wsclass: websocket.w3cwebsocket });

const controller = await connectAndLogin(`wss://${host}/api`, options([ModelManager]), credentials);
const { modelManager } = controller.conn.facades;
const identity = controller.conn.info.user.identity;
const made = await modelManager.createModel({
  name,
  "owner-tag": identity,
  config: {},
  "cloud-tag": "cloud-localhost",
  credential: "",
  region: "",
});
const listed = await modelManager.listModels({ tag: identity });
controller.logout();

const model = await connectAndLogin(`wss://${host}/model/${made.uuid}/api`, options([Client]), credentials);
const status = await model.conn.facades.client.fullStatus({ patterns: [] });
model.logout();

let refused = "";
try {
  await connectAndLogin(`wss://${host}/api`, options([]), { username, password: "wrong" });
} catch (error) {
  refused = String(error.message ?? error);
}

console.log(JSON.stringify({
  server: controller.conn.info.serverVersion,
  identity,
  made: made.name,
  models: listed["user-models"].map((entry) => entry.model.name),
  status: status.model.name,
  applications: Object.keys(status.applications ?? {}),
  refused,
}));
process.exit(0);
