using System.Buffers;
using System.Text.Json;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Texts;

namespace AdmissionGuard.Admission;

/// <summary>Which webhook was asked: one repairs and never denies, the other judges and never patches.</summary>
internal enum Webhook
{
    Validate,
    Mutate,
}

/// <summary>The wire format of admission.k8s.io/v1 (docs/facts/kubernetes-admission.md#review-format).</summary>
internal static class AdmissionReview
{
    /// <summary>In one word, for logs, counts and spans.</summary>
    public static string Name(Webhook endpoint) => endpoint == Webhook.Mutate ? "mutate" : "validate";

    public const string ApiVersion = $"{ApiGroups.Admission}/v1";

    private static readonly string MarkPath = $"/metadata/annotations/{AdmittedMark.Annotation.Replace("/", "~1", StringComparison.Ordinal)}";

    /// <summary>The request of a review; null, with the reason, where the document is none.</summary>
    public static AdmissionRequest? Read(Node document, Webhook endpoint, DateTimeOffset now, out string? error)
    {
        var request = document["request"u8];
        error = null;
        if (!document["kind"u8].IsText("AdmissionReview"u8))
            error = $"kind is {Shown.Value(document["kind"u8])}, AdmissionReview is expected";
        else if (document["apiVersion"u8].Text != ApiVersion)
            error = $"apiVersion is {Shown.Value(document["apiVersion"u8])}, {ApiVersion} is expected";
        else if (!request.IsObject)
            error = "request is missing";
        else if (request["uid"u8].Text is not { Length: > 0 and <= ServerLimits.UidCharacters })
            error = $"request.uid is missing, or longer than {ServerLimits.UidCharacters} characters";
        if (error is not null)
            return null;

        var operation = Words.OperationOf(request["operation"u8]);
        var kind = request["kind"u8];
        var subject = operation == Operation.Delete ? request["oldObject"u8] : request["object"u8];
        return new AdmissionRequest(
            request["uid"u8].Text!,
            new Review
            {
                Kind = operation is null ? null : ObjectKind.Find(kind["group"u8].Text, kind["kind"u8].Text),
                Operation = operation ?? Operation.Create,
                Object = request["object"u8],
                OldObject = request["oldObject"u8],
                Namespace = request["namespace"u8].Text ?? "",
                Name = NameOf(request, subject),
                SubResource = request["subResource"u8].Text,
                Actor = ActorOf(request["userInfo"u8]),
                DryRun = request["dryRun"u8].Kind == JsonValueKind.True,
                Now = now,
                Stage = endpoint == Webhook.Mutate ? Stage.Mutate : Stage.Validate,
            }
        );
    }

    /// <summary>The response as one JSON document.</summary>
    public static void Write(IBufferWriter<byte> output, string uid, Verdict verdict, Webhook endpoint)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        json.WriteString("apiVersion"u8, ApiVersion);
        json.WriteString("kind"u8, "AdmissionReview"u8);
        json.WriteStartObject("response"u8);
        json.WriteString("uid"u8, uid);
        json.WriteBoolean("allowed"u8, verdict.Allowed);
        if (!verdict.Allowed)
            WriteStatus(json, verdict);
        if (endpoint == Webhook.Mutate && (verdict.Patch.Count > 0 || verdict.Mark is not null))
            WritePatch(json, verdict.Patch, verdict.Mark);
        WriteWarnings(json, Warnings.Of(verdict));
        WriteAuditAnnotations(json, verdict);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>RFC 6902: adds only, but for the mark, which goes when what it marks is fixed.</summary>
    public static void WritePatch(Utf8JsonWriter json, IReadOnlyList<Edit.Addition> patch, MarkChange? mark = null)
    {
        var operations = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(operations))
        {
            writer.WriteStartArray();
            foreach (var addition in patch)
            {
                writer.WriteStartObject();
                writer.WriteString("op"u8, "add"u8);
                writer.WriteString("path"u8, addition.Path.ToString());
                writer.WritePropertyName("value"u8);
                writer.WriteRawValue(addition.Json);
                writer.WriteEndObject();
            }
            if (mark is not null)
                WriteMark(writer, mark);
            writer.WriteEndArray();
        }
        json.WriteString("patchType"u8, "JSONPatch"u8);
        json.WriteBase64String("patch"u8, operations.WrittenSpan);
    }

    private static void WriteMark(Utf8JsonWriter writer, MarkChange mark)
    {
        writer.WriteStartObject();
        writer.WriteString("op"u8, mark.Value is null ? "remove"u8 : "add"u8);
        // an absent map is added whole: a second add would replace the first
        writer.WriteString("path"u8, mark.Map ? MarkPath : "/metadata/annotations");
        if (mark.Value is { } value && mark.Map)
        {
            writer.WriteString("value"u8, value);
        }
        else if (mark.Value is { } only)
        {
            writer.WriteStartObject("value"u8);
            writer.WriteString(AdmittedMark.Annotation, only);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    /// <summary>
    /// Without a code of its own the API server answers 400 (docs/facts/kubernetes-admission.md#denial). kubectl shows the message only, so
    /// everything stands in it.
    /// </summary>
    private static void WriteStatus(Utf8JsonWriter json, Verdict verdict)
    {
        json.WriteStartObject("status"u8);
        json.WriteNumber("code"u8, 403);
        json.WriteString("reason"u8, "Forbidden"u8);
        json.WriteString("message"u8, FormatSafe.For(verdict.Review.Actor, Refusal.Text(verdict)));
        json.WriteStartObject("details"u8);
        json.WriteStartArray("causes"u8);
        foreach (var judgement in Refusal.Shown(verdict))
        {
            json.WriteStartObject();
            json.WriteString("reason"u8, judgement.Rule);
            json.WriteString("message"u8, FormatSafe.For(verdict.Review.Actor, FindingText.Line(judgement.Finding.Message)));
            json.WriteString("field"u8, FindingText.Line(judgement.Path.ToText()));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteWarnings(Utf8JsonWriter json, IReadOnlyList<string> warnings)
    {
        if (warnings.Count == 0)
            return;
        json.WriteStartArray("warnings"u8);
        foreach (var warning in warnings)
            json.WriteStringValue(warning);
        json.WriteEndArray();
    }

    /// <summary>
    /// For the API server's audit log: which rules did what, under <c>deny</c>, <c>warn</c>, <c>audit</c> and <c>fix</c>; which exceptions covered
    /// what, under
    /// <c>exceptions</c>; who broke the glass and why, under <c>break-glass</c>; which teardown was announced, under <c>teardown</c>.
    /// </summary>
    private static void WriteAuditAnnotations(Utf8JsonWriter json, Verdict verdict)
    {
        if (verdict is { Judgements.Count: 0, Exceptions.Count: 0, BreakGlass: null, Teardown: null })
            return;
        json.WriteStartObject("auditAnnotations"u8);
        var exceptions = string.Join(", ", verdict.Exceptions.Where(e => !e.HasEnded).Select(e => FindingText.Line($"{e.Exception.Name}: {e.Rule}")));
        if (exceptions.Length > 0)
            json.WriteString("exceptions"u8, exceptions);
        if (verdict.BreakGlass is { IsBroken: true } broken)
            json.WriteString("break-glass"u8, $"{broken.User}: {broken.Reason}");
        if (verdict.BreakGlass is { IsBroken: false } whole)
            json.WriteString("break-glass-refused"u8, $"{whole.User}: {whole.Reason} ({whole.Refused})");
        if (verdict.Teardown is { } teardown)
            json.WriteString("teardown"u8, $"{teardown.Where}: {teardown.Reason}{(teardown.Refused is { } why ? $" (refused: {why})" : "")}");
        foreach (var group in verdict.Judgements.GroupBy(j => j.Action))
        {
            json.WriteString(Words.Of(group.Key), string.Join(',', group.Select(j => j.Rule).Distinct(StringComparer.Ordinal)));
        }
        json.WriteEndObject();
    }

    /// <summary>With generateName the name is made after admission; deletecollection sends none either.</summary>
    private static string NameOf(Node request, Node subject)
    {
        if (request["name"u8].Text is { Length: > 0 } name)
            return name;
        var metadata = subject["metadata"u8];
        if (metadata["name"u8].Text is { Length: > 0 } own)
            return own;
        return metadata["generateName"u8].Text is { } prefix ? prefix + "*" : "";
    }

    private static Actor ActorOf(Node user)
    {
        var groups = user["groups"u8];
        if (groups.Count == 0)
            return new Actor(user["username"u8].Text ?? "", []);
        var names = new List<string>(groups.Count);
        foreach (var group in groups.Items)
        {
            if (group.Text is { } text)
                names.Add(text);
        }
        return new Actor(user["username"u8].Text ?? "", names);
    }
}

/// <summary>A review and the uid that its answer must echo.</summary>
internal sealed record AdmissionRequest(string Uid, Review Review);
