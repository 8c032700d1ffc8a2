"""Records what each vendor's SDK sends for one question.

Usage: record.py DIRECTORY. A recorder on loopback answers every request with an error, so that one request is
all that an SDK makes. What is kept: method, path, the headers that matter, the body. Keys are replaced by
`<key>` before anything is written.
"""

import http.server
import importlib.metadata
import json
import os
import pathlib
import sys
import tempfile
import threading

KEY = "key-for-the-recorder"
SYSTEM = "You are an expert of Kubernetes."
USER = "Why is pod web pending?"
CHAT = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": USER}]
SCHEMA = {
    "type": "object",
    "properties": {"cause": {"type": "string"}},
    "required": ["cause"],
    "additionalProperties": False,
}
FORMAT = {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA}}
TEMPERATURE, TOP_P, TOP_K, MAX_TOKENS, STOP = 0.25, 0.5, 40, 64, ["END"]

KEPT = [
    "anthropic-version", "api-key", "authorization", "content-type", "openai-organization",
    "x-amz-content-sha256", "x-amz-security-token", "x-amzn-sagemaker-custom-attributes", "x-api-key",
    "x-content-sha256", "x-goog-api-key",
]

seen = []


class Recorder(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        try:
            parsed = json.loads(body) if body else None
        except ValueError:
            parsed = body.decode("utf-8", "replace")
        headers = {k.lower(): v for k, v in self.headers.items() if k.lower() in KEPT}
        seen.append({"method": self.command, "path": self.path, "headers": headers, "body": parsed})
        said = json.dumps({"error": {"message": "recorded", "code": "recorded"}, "message": "recorded"}).encode()
        self.send_response(400)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_GET = do_POST = do_PUT = answer

    def log_message(self, *args):
        pass


def openai_like(url, model, path="", client=None, **more):
    import openai

    client = client or openai.OpenAI(api_key=KEY, base_url=url + path, max_retries=0)
    client.chat.completions.create(
        model=model, messages=CHAT, stream=True, temperature=TEMPERATURE, top_p=TOP_P, stop=STOP,
        response_format=FORMAT, **more,
    )


USAGE = {"stream_options": {"include_usage": True}}


def record_openai(url):
    import openai

    client = openai.OpenAI(api_key=KEY, base_url=url + "/v1", organization="org-1", max_retries=0)
    openai_like(url, "gpt-4o", client=client, max_completion_tokens=MAX_TOKENS, **USAGE)


def record_localai(url):
    openai_like(url, "llama", "/v1", max_tokens=MAX_TOKENS, extra_body={"top_k": TOP_K}, **USAGE)


def record_bedrockmantle(url):
    openai_like(url, "openai.gpt-oss-120b", "/v1", max_completion_tokens=MAX_TOKENS, **USAGE)


def azure(url, **auth):
    import openai

    client = openai.AzureOpenAI(azure_endpoint=url, api_version="2024-10-21", max_retries=0, **auth)
    openai_like(url, "gpt", client=client, max_completion_tokens=MAX_TOKENS)


def record_azureopenai(url):
    azure(url, api_key=KEY)


def record_azureopenai_directory(url):
    azure(url, azure_ad_token=KEY)


def record_groq(url):
    import groq

    # Its own URL ends in /openai/v1; the SDK adds that itself.
    client = groq.Groq(api_key=KEY, base_url=url, max_retries=0)
    client.chat.completions.create(
        model="llama-3.3-70b-versatile", messages=CHAT, stream=True, temperature=TEMPERATURE, top_p=TOP_P,
        max_completion_tokens=MAX_TOKENS, stop=STOP, response_format=FORMAT, extra_body=USAGE,
    )


def record_huggingface(url):
    from huggingface_hub import InferenceClient

    client = InferenceClient(base_url=url + "/v1", api_key=KEY)
    client.chat_completion(
        model="meta-llama/Llama-3.3-70B-Instruct", messages=CHAT, stream=True, temperature=TEMPERATURE, top_p=TOP_P,
        max_tokens=MAX_TOKENS, stop=STOP, response_format=FORMAT, stream_options={"include_usage": True},
    )


def record_litellm(url):
    import litellm

    litellm.suppress_debug_info = True
    litellm.completion(
        model="litellm_proxy/gpt-4o", messages=CHAT, api_base=url + "/v1", api_key=KEY, stream=True, num_retries=0,
        max_retries=0, temperature=TEMPERATURE, top_p=TOP_P, top_k=TOP_K, max_tokens=MAX_TOKENS, stop=STOP,
        response_format=FORMAT, **USAGE,
    )


def record_anthropic(url):
    import anthropic

    client = anthropic.Anthropic(api_key=KEY, base_url=url, max_retries=0)
    # The SDK no longer types the sampling parameters, which newer models refuse and older ones take.
    client.messages.create(
        model="claude-3-haiku-20240307", system=SYSTEM, messages=[CHAT[1]], max_tokens=MAX_TOKENS,
        stop_sequences=STOP, stream=True, extra_body={"temperature": TEMPERATURE, "top_p": TOP_P, "top_k": TOP_K},
    )


def gemini(client):
    from google.genai import types

    config = types.GenerateContentConfig(
        system_instruction=SYSTEM, temperature=TEMPERATURE, top_p=TOP_P, top_k=TOP_K, max_output_tokens=MAX_TOKENS,
        stop_sequences=STOP, response_mime_type="application/json", response_json_schema=SCHEMA,
    )
    for _ in client.models.generate_content_stream(model="gemini-2.5-flash", contents=USER, config=config):
        pass


def record_google(url):
    from google import genai

    gemini(genai.Client(api_key=KEY, http_options={"base_url": url}))


def record_googlevertexai(url):
    from google import genai
    from google.oauth2.credentials import Credentials

    gemini(genai.Client(
        vertexai=True, project="project-1", location="europe-west4", credentials=Credentials(KEY),
        http_options={"base_url": url},
    ))


def record_ollama(url):
    import ollama

    options = {
        "temperature": TEMPERATURE, "top_p": TOP_P, "top_k": TOP_K, "num_predict": MAX_TOKENS, "stop": STOP,
    }
    for _ in ollama.Client(host=url).chat(model="llama3", messages=CHAT, stream=True, format=SCHEMA, options=options):
        pass


def record_cohere(url):
    import cohere

    client = cohere.ClientV2(api_key=KEY, base_url=url)
    for _ in client.chat_stream(
        model="command-a-03-2025", messages=CHAT, temperature=TEMPERATURE, p=TOP_P, k=TOP_K, max_tokens=MAX_TOKENS,
        stop_sequences=STOP,
    ):
        pass


def aws(service, url):
    import boto3
    from botocore.config import Config

    session = boto3.Session(
        aws_access_key_id="AKIDRECORDER", aws_secret_access_key=KEY, aws_session_token="token-" + KEY,
        region_name="eu-west-1",
    )
    return session.client(service, endpoint_url=url, config=Config(retries={"max_attempts": 0}))


def converse(url, model, more):
    aws("bedrock-runtime", url).converse_stream(
        modelId=model, system=[{"text": SYSTEM}], messages=[{"role": "user", "content": [{"text": USER}]}],
        inferenceConfig={
            "temperature": TEMPERATURE, "topP": TOP_P, "maxTokens": MAX_TOKENS, "stopSequences": STOP,
        },
        additionalModelRequestFields=more,
    )


def record_amazonbedrock(url):
    converse(url, "anthropic.claude-3-haiku-20240307-v1:0", {"top_k": TOP_K})


def record_amazonbedrockconverse(url):
    arn = "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-lite-v1:0"
    converse(url, arn, {"inferenceConfig": {"topK": TOP_K}})


def record_amazonsagemaker(url):
    # The payload is the container's, not the SDK's: what is checked is path, headers and signature.
    payload = {
        "inputs": [CHAT],
        "parameters": {
            "temperature": TEMPERATURE, "top_p": TOP_P, "top_k": TOP_K, "max_new_tokens": MAX_TOKENS, "stop": STOP,
        },
    }
    aws("sagemaker-runtime", url).invoke_endpoint(
        EndpointName="chat", ContentType="application/json", Accept="application/json",
        CustomAttributes="accept_eula=true", Body=json.dumps(payload),
    )


def record_ibmwatsonxai(url):
    import httpx
    from ibm_watsonx_ai import APIClient, Credentials
    from ibm_watsonx_ai.foundation_models import ModelInference

    class ToRecorder(httpx.HTTPTransport):
        """The SDK takes https URLs only: what it sends is sent to the recorder instead."""

        def handle_request(self, request):
            if request.method == "GET":
                return httpx.Response(200, json={"entity": {"name": "project", "storage": {"type": "none"}, "compute": [{"type": "machine_learning", "guid": "1", "crn": "crn:v1:bluemix:public:pm-20:us-south:a/1:1::", "name": "ml"}]}, "resources": []})
            target = httpx.URL(url)
            request.url = request.url.copy_with(scheme=target.scheme, host=target.host, port=target.port)
            return super().handle_request(request)

    client = APIClient(
        Credentials(url="https://us-south.ml.cloud.ibm.com", token="a.b." + KEY),
        httpx_client=httpx.Client(transport=ToRecorder()),
    )
    model = ModelInference(
        model_id="ibm/granite-13b-chat-v2", project_id="project-1", api_client=client, validate=False, max_retries=0,
    )
    params = {
        "temperature": TEMPERATURE, "top_p": TOP_P, "max_tokens": MAX_TOKENS, "stop": STOP,
        "response_format": FORMAT,
    }
    for _ in model.chat_stream(messages=CHAT, params=params):
        pass


def oci_client(url):
    import oci
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = tempfile.NamedTemporaryFile(suffix=".pem", delete=False)
    file.write(pem)
    file.close()
    config = {
        "user": "ocid1.user.oc1..aaaa", "tenancy": "ocid1.tenancy.oc1..aaaa", "region": "us-chicago-1",
        "fingerprint": ":".join(["aa"] * 16), "key_file": file.name,
    }
    return oci.generative_ai_inference.GenerativeAiInferenceClient(
        config, service_endpoint=url, retry_strategy=oci.retry.NoneRetryStrategy(), circuit_breaker_strategy=None,
    ), file.name


def oci_chat(url, model, chat):
    import oci.generative_ai_inference.models as m

    client, file = oci_client(url)
    try:
        client.chat(m.ChatDetails(
            compartment_id="ocid1.compartment.oc1..aaaa", serving_mode=m.OnDemandServingMode(model_id=model),
            chat_request=chat,
        ))
    finally:
        os.unlink(file)


def record_oci(url):
    import oci.generative_ai_inference.models as m

    oci_chat(url, "meta.llama-3.3-70b-instruct", m.GenericChatRequest(
        messages=[
            m.SystemMessage(content=[m.TextContent(text=SYSTEM)]),
            m.UserMessage(content=[m.TextContent(text=USER)]),
        ],
        temperature=TEMPERATURE, top_p=TOP_P, top_k=TOP_K, max_tokens=MAX_TOKENS, stop=STOP,
    ))


def record_oci_cohere(url):
    import oci.generative_ai_inference.models as m

    oci_chat(url, "cohere.command-r-plus-08-2024", m.CohereChatRequest(
        message=USER, preamble_override=SYSTEM, temperature=TEMPERATURE, top_p=TOP_P, top_k=TOP_K,
        max_tokens=MAX_TOKENS, stop_sequences=STOP,
    ))


PACKAGES = {
    "localai": "openai", "bedrockmantle": "openai", "azureopenai": "openai", "azureopenai_directory": "openai",
    "huggingface": "huggingface_hub", "google": "google-genai", "googlevertexai": "google-genai",
    "amazonbedrock": "boto3", "amazonbedrockconverse": "boto3", "amazonsagemaker": "boto3",
    "ibmwatsonxai": "ibm-watsonx-ai", "oci_cohere": "oci",
}


def sealed(value):
    """Keys, signatures and digests are no part of a recording."""
    if isinstance(value, dict):
        return {k: sealed(v) for k, v in value.items()}
    if isinstance(value, list):
        return [sealed(v) for v in value]
    if not isinstance(value, str):
        return value
    if value.startswith("AWS4-HMAC-SHA256"):
        scope = value.split("Credential=")[1].split(",")[0].split("/")
        return "AWS4-HMAC-SHA256 scope=" + "/".join(scope[2:])
    if value.startswith("Signature "):
        parts = dict(part.split("=", 1) for part in value.removeprefix("Signature ").split(","))
        names = " ".join(sorted(parts["headers"].strip('"').split()))
        return f"Signature {parts['algorithm']} keyId={parts['keyId']} headers={names}"
    return value.replace("token-" + KEY, "<key>").replace("a.b." + KEY, "<key>").replace(KEY, "<key>")


def main():
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    only = sys.argv[2:]
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            del os.environ[name]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    failed = []
    for name, record in sorted(globals().items()):
        name = name.removeprefix("record_") if name.startswith("record_") else None
        if name is None or (only and name not in only):
            continue
        seen.clear()
        error = None
        try:
            record(url)
        except Exception as caught:  # the recorder answers with an error; each SDK has its own
            error = caught
        posts = [request for request in seen if request["method"] == "POST"]
        if not posts:
            failed.append(f"{name}: {type(error).__name__}: {str(error)[:300]}")
            continue
        for digest in ("x-amz-content-sha256", "x-content-sha256"):
            if digest in posts[0]["headers"]:
                posts[0]["headers"][digest] = "<digest>"
        package = PACKAGES.get(name, name)
        recorded = {"sdk": f"{package} {importlib.metadata.version(package)}", "request": sealed(posts[0])}
        text = json.dumps(recorded, indent=2, sort_keys=True) + "\n"
        if KEY in text or str(server.server_port) in text:
            failed.append(f"{name}: the recording would hold the key or the recorder's port")
            continue
        (out / f"{name}.json").write_text(text)
        print(f"{name}: {recorded['sdk']}", file=sys.stderr)
    for line in failed:
        print(f"not recorded: {line}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
