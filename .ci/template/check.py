"""What the template becomes by SAM's own translator: who may ask in each mode, and when a version is published."""

import hashlib
import json
import re
import sys
from unittest import mock

from translation import Resolution, image_uri, translate

POOL = "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_Example"
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:aisle-AbCdEf"


def resolved(image: str = "first", **parameters: str) -> Resolution:
    return Resolution(translate(image, **parameters), **parameters)


def equal(actual, expected, about: str) -> None:
    assert actual == expected, f"{about}: {expected!r} expected, not {actual!r}"


def body_of(stack: Resolution) -> dict:
    return stack.only("AWS::ApiGateway::RestApi")[1]["Properties"]["Body"]


# Parameters → the scheme that guards every method but OPTIONS, with what makes it one, and what exists only for it.
MODES = {
    "NONE": ({}, [], {}, set()),
    "API_KEY": (
        {},
        [{"apiKey": []}],
        {"apiKey": {"type": "apiKey", "name": "x-api-key", "in": "header"}},
        {"UsagePlan", "ApiKey", "UsagePlanKey"},
    ),
    "IAM": (
        {},
        [{"iam": []}],
        {
            "iam": {
                "type": "apiKey",
                "name": "Authorization",
                "in": "header",
                "x-amazon-apigateway-authtype": "awsSigv4",
            }
        },
        {"CallerPolicy"},
    ),
    "COGNITO": (
        {"UserPoolArn": POOL},
        [{"cognito": []}],
        {
            "cognito": {
                "type": "apiKey",
                "name": "Authorization",
                "in": "header",
                "x-amazon-apigateway-authtype": "cognito_user_pools",
                "x-amazon-apigateway-authorizer": {"type": "cognito_user_pools", "providerARNs": [POOL]},
            }
        },
        set(),
    ),
}
ONLY_IN_SOME_MODE = {name for *_, names in MODES.values() for name in names}


def each_mode_guards_every_method_but_preflight() -> None:
    for mode, (parameters, security, schemes, own) in MODES.items():
        stack = resolved(Auth=mode, **parameters)
        body = body_of(stack)
        equal(body["components"]["securitySchemes"], schemes, f"{mode}: schemes")
        assert body["paths"], f"{mode}: no path"
        for path, methods in body["paths"].items():
            assert "options" in methods, f"{mode}: {path} has no preflight of its own, so it would be guarded"
            for method, operation in methods.items():
                expected = [] if method == "options" else security
                equal(operation["security"], expected, f"{mode}: security of {method} {path}")
        equal(stack.resources.keys() & ONLY_IN_SOME_MODE, own, f"{mode}: resources of its own")


def a_changed_mode_reaches_the_stage() -> None:
    """Deployments are named by the second in which SAM runs: a stage never stays on the one of another mode."""
    names = []
    for second in (1, 2):
        with mock.patch("samtranslator.model.apigateway.time.time", return_value=second):
            stack = resolved(Auth="NONE" if second == 1 else "IAM")
        name, _ = stack.only("AWS::ApiGateway::Deployment")
        equal(stack.only("AWS::ApiGateway::Stage")[1]["Properties"]["DeploymentId"], {"Ref": name}, "stage")
        names.append(name)
    assert names[0] != names[1], "a deployment is not renamed when only a parameter's value changes"


def release(image: str, model: str) -> str:
    return hashlib.sha256(f"{image_uri(image)} {model}".encode()).hexdigest()


def version(**parameters: str) -> tuple[str, str]:
    """The version's logical id, and its description, which cannot change without a replacement either."""
    stack = resolved(**parameters)
    name, resource = stack.only("AWS::Lambda::Version")
    equal(resource["DeletionPolicy"], "Retain", "a version that is deleted")
    equal(resource["UpdateReplacePolicy"], "Retain", "a version that is replaced")
    alias = stack.only("AWS::Lambda::Alias")[1]["Properties"]
    equal(alias["FunctionVersion"], {"Fn::GetAtt": [name, "Version"]}, "the version of the alias")
    return name, resource["Properties"]["Description"]["Fn::Sub"]


def a_new_model_or_image_publishes_a_version() -> None:
    pinned = {"Mode": "pinned"}
    released = {
        (image, model): version(image=image, BestModel=model, Release=release(image, model), **pinned)[0]
        for image in ("first", "second")
        for model in ("model-a", "model-b")
    }
    assert len(set(released.values())) == 4, f"four releases, but versions {sorted(released.values())}"
    again = version(image="first", BestModel="model-a", Release=release("first", "model-a"), **pinned)
    equal(again[0], released["first", "model-a"], "the same release")


def without_a_release_too() -> None:
    before = version(image="first", BestModel="model-a", Mode="pinned")
    assert version(image="second", BestModel="model-a", Mode="pinned")[0] != before[0], "another image"
    for changed in ({"BestModel": "model-b"}, {"Memory": "3008"}, {"Channel": "staging"}, {"Mode": "follow"}):
        after = version(**({"image": "first", "BestModel": "model-a", "Mode": "pinned"} | changed))
        assert after != before, f"{changed} publishes no version"
    longest = {"Mode": "follow", "BestModel": "m" * 64, "Channel": "c" * 64, "Prefix": "p" * 40}
    length = len(version(**longest, Memory="10240", UserIdClaim="u" * 32)[1])
    assert length <= 256, f"a version's description of {length} characters; Lambda takes 256"


def a_release_makes_the_function_differ_from_what_a_rollout_published() -> None:
    """Lambda publishes nothing where nothing differs, and CloudFormation then fails."""
    seen = set()
    for model in ("model-a", "model-b"):
        stack = resolved(BestModel=model, Release=release("first", model))
        seen.add(stack.resources["Recommendations"]["Properties"]["Description"])
    equal(len(seen), 2, "descriptions of the function")


def traffic_waits_for_the_check_and_the_alarms() -> None:
    stack = resolved(TrafficShift="Linear10PercentEvery1Minute")
    alias = stack.only("AWS::Lambda::Alias")[1]
    update = alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
    equal(update["BeforeAllowTrafficHook"], {"Ref": "CheckBeforeTraffic"}, "the hook")
    check = stack.resources["CheckBeforeTraffic"]["Properties"]
    assert check["FunctionName"]["Fn::Sub"].startswith("CodeDeployHook_"), "CodeDeploy may not invoke the check"
    name, _ = stack.only("AWS::Lambda::Version")
    equal(check["Environment"]["Variables"]["NEW_VERSION"], {"Ref": name}, "the version that is checked")
    group = stack.only("AWS::CodeDeploy::DeploymentGroup")[1]["Properties"]
    equal(
        group["DeploymentConfigName"],
        {"Fn::Sub": ["CodeDeployDefault.Lambda${ConfigName}", {"ConfigName": "Linear10PercentEvery1Minute"}]},
        "the shift",
    )
    alarms = [alarm["Name"]["Ref"] for alarm in group["AlarmConfiguration"]["Alarms"]]
    equal(alarms, stack.outputs["RolloutAlarms"]["Value"]["Fn::Sub"][2:-1].split("},${"), "alarms")
    for alarm in alarms:
        properties = stack.resources[alarm]["Properties"]
        assert properties["Period"] <= 60, f"{alarm} is slower than a canary"


def a_new_account_can_take_it() -> None:
    stack = resolved()
    equal(stack.refused, [], "refusals of the defaults")
    for name, function in stack.of_type("AWS::Lambda::Function").items():
        assert "ReservedConcurrentExecutions" not in function["Properties"], f"{name} reserves concurrency"
        assert int(function["Properties"]["MemorySize"]) <= 3008, f"{name} is too large for a new account"
    assert "ProvisionedConcurrencyConfig" not in stack.only("AWS::Lambda::Alias")[1]["Properties"]
    stage = stack.only("AWS::ApiGateway::Stage")[1]["Properties"]
    assert "GatewayAccount" in str(stage["Variables"]), "the stage may come before the account's role for its log"
    warm = resolved(ProvisionedConcurrency="5").only("AWS::Lambda::Alias")[1]["Properties"]
    equal(warm["ProvisionedConcurrencyConfig"], {"ProvisionedConcurrentExecutions": "5"}, "kept warm")
    assert not resolved(GatewayLogsRole="existing").resources.keys() & {"GatewayAccount", "GatewayRole"}


def parameters_that_do_not_fit_are_refused() -> None:
    equal(len(resolved(Mode="pinned").refused), 1, "pinned without a model")
    equal(resolved(Mode="pinned", BestModel="model-a").refused, [], "pinned with a model")
    equal(len(resolved(Auth="COGNITO").refused), 1, "COGNITO without a pool")
    equal(resolved(Auth="COGNITO", UserPoolArn=POOL).refused, [], "COGNITO with a pool")


def statements_of(resource: dict) -> list[dict]:
    policies = [policy["PolicyDocument"] for policy in resource["Properties"].get("Policies", [])]
    policies += [resource["Properties"][key] for key in ("PolicyDocument",) if key in resource["Properties"]]
    return [statement for policy in policies for statement in policy["Statement"]]


def the_secret_is_read_only_when_there_is_one() -> None:
    for parameters, expected in (({}, []), ({"KeysSecretArn": SECRET}, [SECRET])):
        role = resolved(**parameters).resources["RecommendationsRole"]
        secrets = [s["Resource"] for s in statements_of(role) if "secretsmanager" in str(s["Action"])]
        equal(secrets, expected, "secrets that can be read")


def errors_of_the_gateway_are_readable_where_answers_are() -> None:
    header = "gatewayresponse.header.Access-Control-Allow-Origin"
    for parameters, expected in (({}, None), ({"AllowedOrigins": "https://shop.example"}, "'*'")):
        responses = body_of(resolved(**parameters))["x-amazon-apigateway-gateway-responses"]
        assert {"DEFAULT_4XX", "DEFAULT_5XX"} <= responses.keys()
        for name, response in responses.items():
            equal(response["responseParameters"].get(header), expected, f"{parameters}: origin of {name}")


def statements_about(stack: Resolution, service: str) -> list[str]:
    statements = statements_of(stack.resources["RecommendationsRole"])
    return [s["Sid"] for s in statements if service in str(s["Action"])]


ACTIVITY = {
    "ActivityTable": "AWS::DynamoDB::Table",
    "ArchivePipe": "AWS::Pipes::Pipe",
    "StreamLines": "AWS::Lambda::Function",
    "Archive": "AWS::KinesisFirehose::DeliveryStream",
    "LostEvents": "AWS::SQS::Queue",
}


def events_are_kept_only_where_there_is_a_table_for_them() -> None:
    without, kept = resolved(), resolved(Activity="dynamodb")
    environment = [
        stack.resources["Recommendations"]["Properties"]["Environment"]["Variables"]["AISLE_EVENTS"]
        for stack in (without, kept)
    ]
    equal(environment, ["", {"Fn::Sub": "dynamodb:${ActivityTable}"}], "AISLE_EVENTS")
    equal(without.resources.keys() & ACTIVITY.keys(), set(), "made for nothing")
    for name, kind in ACTIVITY.items():
        equal(kept.resources[name]["Type"], kind, name)
    equal(statements_about(without, "dynamodb:"), [], "the table that there is not")
    assert statements_about(kept, "dynamodb:"), "the function may not use the table"
    equal(["s3:PutObject" in str(statements_of(s.resources["RecommendationsRole"])) for s in (without, kept)],
          [False, True], "erasures can be written")
    assert version(Activity="dynamodb") != version(), "turning events on publishes no version"


def training_runs_by_schedule_only_where_it_is_enabled() -> None:
    assert not resolved().of_type("AWS::Scheduler::Schedule"), "a schedule by default"
    name, schedule = resolved(ScheduledTraining="enabled").only("AWS::Scheduler::Schedule")
    equal(schedule["Properties"]["ScheduleExpression"], "rate(7 days)", "the schedule")
    equal(schedule["Properties"]["Target"]["Input"], "{}", "what it asks for")
    for parameters in ({}, {"ScheduledTraining": "enabled"}):
        resolved(**parameters).only("AWS::StepFunctions::StateMachine")


def training_is_bounded_by_the_map_and_not_by_reserving() -> None:
    for parameters, concurrency in (({}, 3), ({"TrainingConcurrency": "7"}, 7)):
        stack = resolved(**parameters)
        definition = machine_of(stack)
        equal(definition["States"]["Trials"]["MaxConcurrency"], concurrency, "trials at once")
        assert "ReservedConcurrentExecutions" not in stack.resources["Training"]["Properties"]
    equal(resolved(TrainingMemory="10240").resources["Training"]["Properties"]["MemorySize"], "10240", "memory")


def machine_of(stack: Resolution) -> dict:
    text = stack.only("AWS::StepFunctions::StateMachine")[1]["Properties"]["DefinitionString"]["Fn::Sub"]
    return json.loads(re.sub(r"\$\{[^}]+\}", "name", text))


def only_the_last_step_can_make_anything_live() -> None:
    stack = resolved()
    trains = statements_of(stack.resources["TrainingRole"])
    writes = [s for s in trains if any("Put" in a or "Delete" in a or "Update" in a for a in listed(s["Action"]))]
    written = " ".join(str(s["Resource"]) for s in writes if "xray" not in str(s) and "logs" not in str(s))
    assert "/models/*" in written and "/runs/*" in written
    for place in ("/channels/", "/catalogs/", "/rules/", "/erasures/", "/events/"):
        assert place not in written, f"what trains can write {place}"
    assert not any("lambda:" in str(s["Action"]) for s in trains), "what trains can call functions"
    moves = stack.resources["GoLiveRole"]["Properties"]
    equal(moves["ManagedPolicyArns"], [{"Ref": "RolloutPolicy"}], "what a rollout needs")
    calls = statements_of(stack.resources["TrainingMachinePermissions"])
    invoked = [s["Resource"] for s in calls if s["Action"] == "lambda:InvokeFunction"]
    equal(invoked, [[{"Fn::GetAtt": ["Training", "Arn"]}, {"Fn::GetAtt": ["GoLive", "Arn"]}]], "what it calls")


def listed(value) -> list:
    return value if isinstance(value, list) else [value]


def nothing_names_what_is_not_made() -> None:
    """Every reference, in each combination of what is conditional, is to a resource or a parameter."""
    for parameters in (
        {},
        {"Activity": "dynamodb"},
        {"ScheduledTraining": "enabled"},
        {"AlarmEmail": "a@shop.example", "Activity": "dynamodb"},
    ):
        stack = resolved(**parameters)
        made = stack.resources.keys() | stack.values.keys()
        for name in sorted(references(list(stack.resources.values()) + list(stack.outputs.values()))):
            assert name in made or name.startswith("AWS::"), f"{parameters}: {name} is named, and not made"


def references(value) -> set[str]:
    """Names within a value that CloudFormation looks up, but for those that a Sub defines for itself."""
    if isinstance(value, list):
        return set().union(*(references(one) for one in value))
    if not isinstance(value, dict):
        return set()
    if value.keys() == {"Ref"}:
        return {value["Ref"]}
    if value.keys() == {"Fn::GetAtt"}:
        attribute = value["Fn::GetAtt"]
        return {attribute.split(".")[0] if isinstance(attribute, str) else attribute[0]}
    if value.keys() == {"Fn::Sub"}:
        text, own = value["Fn::Sub"] if isinstance(value["Fn::Sub"], list) else (value["Fn::Sub"], {})
        named = {name.split(".")[0] for name in re.findall(r"\$\{([^!}][^}]*)\}", text)}
        return (named - own.keys()) | references(own)
    named = {value["DependsOn"]} if isinstance(value.get("DependsOn"), str) else set(value.get("DependsOn", []))
    return named.union(*(references(one) for key, one in value.items() if key != "DependsOn"))


CHECKS = [
    each_mode_guards_every_method_but_preflight,
    a_changed_mode_reaches_the_stage,
    a_new_model_or_image_publishes_a_version,
    without_a_release_too,
    a_release_makes_the_function_differ_from_what_a_rollout_published,
    traffic_waits_for_the_check_and_the_alarms,
    a_new_account_can_take_it,
    parameters_that_do_not_fit_are_refused,
    the_secret_is_read_only_when_there_is_one,
    errors_of_the_gateway_are_readable_where_answers_are,
    events_are_kept_only_where_there_is_a_table_for_them,
    training_runs_by_schedule_only_where_it_is_enabled,
    training_is_bounded_by_the_map_and_not_by_reserving,
    only_the_last_step_can_make_anything_live,
    nothing_names_what_is_not_made,
]

failed = 0
for check in CHECKS:
    try:
        check()
        print(f"ok: {check.__name__.replace('_', ' ')}")
    except AssertionError as error:
        failed += 1
        print(f"FAILED: {check.__name__.replace('_', ' ')}: {error}")
sys.exit(1 if failed else 0)
