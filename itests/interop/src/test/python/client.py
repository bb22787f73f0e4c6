"""Canonical's python client, as it is published, through a whole day's work. client.py HOST:PORT USER PASSWORD CA_FILE CHARMS MODEL

Prints one JSON object of what it saw.
"""
import asyncio
import json
import sys

from juju.controller import Controller
from juju.errors import JujuError

host, user, password, ca_file, charms, name = sys.argv[1:7]
with open(ca_file) as file:
    ca = file.read()
seen = {}


async def connect(secret):
    controller = Controller()
    await controller.connect(endpoint=host, username=user, password=secret, cacert=ca)
    return controller


async def work(controller):
    seen["server"] = controller.connection().info["server-version"]
    seen["cloud"] = await controller.get_cloud()
    model = await controller.add_model(name, cloud_name="localhost", config={"update-status-hook-interval": "1h"})
    seen["models"] = sorted(await controller.list_models())
    seen["named"] = model.name

    source = await model.deploy(f"{charms}/source", application_name="source", series="jammy")
    await model.deploy(f"{charms}/sink", application_name="sink", series="jammy", num_units=2, config={"greeting": "hi"})
    await model.integrate("source:link", "sink:link")
    try:
        await model.integrate("source:link", "sink:link")
    except JujuError as twice:
        seen["twice"] = str(twice)
    await model.wait_for_idle(apps=["source", "sink"], status="active", timeout=240, idle_period=1)
    seen["units"] = {unit.name: [unit.workload_status, unit.agent_status, unit.workload_status_message]
                     for app in model.applications.values() for unit in app.units}
    seen["machines"] = {machine.id: machine.agent_status for machine in model.machines.values()}
    seen["relations"] = sorted(relation.key for relation in model.relations)

    sink = model.applications["sink"]
    await sink.set_config({"greeting": "hello"})
    seen["config"] = (await sink.get_config())["greeting"]["value"]
    await model.block_until(lambda: all(unit.workload_status_message.startswith("hello") for unit in sink.units), timeout=120)
    await sink.reset_config(["greeting"])
    seen["reset"] = (await sink.get_config())["greeting"]["value"]
    await sink.add_unit(count=1)
    await model.wait_for_idle(apps=["sink"], status="active", wait_for_exact_units=3, timeout=240, idle_period=1)
    await sink.expose()
    status = await model.get_status()
    seen["exposed"] = status.applications["sink"].exposed
    await sink.unexpose()
    seen["relations of sink"] = [relation.key for relation in sink.relations]
    await model.set_config({"logging-config": "<root>=INFO"})
    seen["model config"] = (await model.get_config())["logging-config"].value
    await model.set_constraints({"mem": 256})
    seen["constraints"] = (await model.get_constraints())["mem"]
    await source.set_annotations({"x": "10"})
    seen["annotations"] = await source.get_annotations()

    await model.create_offer("source:link", offer_name="shared")
    offers = await model.list_offers()
    seen["offers"] = [[offer.offer_name, offer.offer_url, offer.application_name] for offer in offers.results]
    consumer = await controller.add_model(f"{name}-far", cloud_name="localhost")
    await consumer.deploy(f"{charms}/sink", application_name="sink", series="jammy")
    seen["saas"] = await consumer.consume(f"{user}/{name}.shared", application_alias="far")
    await consumer.integrate("sink", "far")
    await consumer.wait_for_idle(apps=["sink"], status="active", timeout=240, idle_period=1)
    await consumer.block_until(lambda: "far" in consumer.remote_applications, timeout=60)
    far = (await consumer.get_status()).remote_applications["far"]
    seen["far"] = [far.offer_url, far.status.status]
    seen["far message"] = consumer.applications["sink"].units[0].workload_status_message
    seen["in the stream"] = [consumer.remote_applications["far"].status, sorted(model.application_offers)]

    await consumer.applications["sink"].destroy_relation("link", "far:link")
    await consumer.block_until(lambda: not consumer.relations, timeout=120)
    await consumer.remove_saas("far")
    await consumer.block_until(lambda: "far" not in consumer.remote_applications, timeout=120)
    await model.remove_offer(f"{user}/{name}.shared", force=True)
    await sink.destroy_units("sink/2")
    await model.block_until(lambda: len(sink.units) == 2, timeout=120)
    await sink.remove_relation("link", "source:link")
    await model.block_until(lambda: not model.relations, timeout=120)
    await sink.destroy()
    await model.block_until(lambda: "sink" not in model.applications, timeout=120)

    await controller.add_user("reader", password="pass-word", display_name="Reader")
    reader = await controller.get_user("reader")
    await reader.grant("login")
    seen["users"] = sorted(each.username for each in await controller.get_users())
    await controller.remove_user("reader")

    uuids = [model.uuid, consumer.uuid]
    await model.disconnect()
    await consumer.disconnect()
    await controller.destroy_models(*uuids, destroy_storage=True, force=False)
    for _ in range(600):
        if not {name, f"{name}-far"} & set(await controller.list_models()):
            break
        await asyncio.sleep(0.2)
    seen["left"] = sorted(await controller.list_models())


async def main():
    controller = await connect(password)
    try:
        await work(controller)
    finally:
        await controller.disconnect()
    try:
        await connect("wrong")
    except JujuError as refused:
        seen["refused"] = str(refused)
    print(json.dumps(seen))


asyncio.run(main())
