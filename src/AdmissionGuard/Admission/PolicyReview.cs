using System.Buffers;
using System.Text;
using System.Text.Json;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Texts;

namespace AdmissionGuard.Admission;

/// <summary>
/// <c>/policies</c>: a policy, exception or settings with an error is refused at once, with every error, before it can wait in the cluster without an
/// effect.
/// It never locks its own repair: a deletion, what leaves spec as it was, and what cannot be understood passes.
/// </summary>
internal sealed class PolicyReview
{
    private const int MostErrors = 20;

    private readonly Node request;
    private readonly Patience? patience;

    private PolicyReview(Node request, Patience? patience = null)
    {
        this.request = request;
        this.patience = patience;
    }

    /// <summary>Every error of the object; null where it passes.</summary>
    public IReadOnlyList<PolicyError>? Errors { get; private init; }

    /// <summary>Why it passes although it could not be judged.</summary>
    public string? Warning { get; private init; }

    /// <summary>What passes and should be written otherwise.</summary>
    public IReadOnlyList<PolicyNotice> Notices { get; private init; } = [];

    public string Outcome =>
        this switch
        {
            { Errors: not null } => "denied",
            { Warning: not null } => "unreadable",
            _ => "allowed",
        };

    public string Kind =>
        request["kind"u8]["kind"u8].Text is PolicyReader.Kind or ExceptionReader.Kind or SettingsReader.Kind
            ? request["kind"u8]["kind"u8].Text!
            : "other";

    private Node Metadata => request["object"u8]["metadata"u8];

    /// <param name="maxDays">How far away the end of an exception may be; null while the settings are not known.</param>
    /// <param name="patience">Of whoever waits for the answer.</param>
    /// <param name="broke">Told of a fault of ours, which refuses nobody.</param>
    public static PolicyReview Of(Node document, DateTimeOffset now, int? maxDays, Patience? patience, Action<Exception> broke)
    {
        var review = new PolicyReview(document["request"u8], patience);
        try
        {
            return review.Judge(now, maxDays);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or PatienceEndedException))
        {
            broke(e);
            return new PolicyReview(review.request) { Warning = "it was let through unread, for the webhook broke: see its log" };
        }
    }

    public void Write(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("apiVersion"u8, AdmissionReview.ApiVersion);
        json.WriteString("kind"u8, "AdmissionReview"u8);
        json.WriteStartObject("response"u8);
        json.WriteString("uid"u8, request["uid"u8].Text ?? "");
        json.WriteBoolean("allowed"u8, Errors is null);
        if (Errors is { } errors)
            WriteStatus(json, errors);
        var warnings = Notices.Select(n => n.ToString()).ToList();
        if (Warning is { } warning)
            warnings.Add(warning);
        if (warnings.Count > 0)
        {
            json.WriteStartArray("warnings"u8);
            foreach (var text in warnings)
                json.WriteStringValue(Shown.Clip($"{Kind}: {text}", Warnings.LineLength));
            json.WriteEndArray();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private PolicyReview Judge(DateTimeOffset now, int? maxDays)
    {
        var root = request["object"u8];
        var old = request["oldObject"u8];
        var operation = Words.OperationOf(request["operation"u8]);
        if (operation is not (Operation.Create or Operation.Update))
            return this;
        if (request["subResource"u8].Text is { Length: > 0 })
            return this;
        if (!root.IsObject)
            return new PolicyReview(request) { Warning = "no object came with the review, it was not judged" };
        if (operation == Operation.Update && old.IsObject && root["spec"u8].SameAs(old["spec"u8]))
            return this;
        IReadOnlyList<PolicyError> errors;
        IReadOnlyList<PolicyNotice> notices = [];
        switch (request["kind"u8]["group"u8].Text == ApiGroups.Guard ? Kind : "other")
        {
            case PolicyReader.Kind:
                notices = PolicyReader.Read(root, out errors, patience)?.Notices ?? [];
                break;
            case ExceptionReader.Kind:
                notices = ExceptionReader.Read(root, now, maxDays, out errors, patience)?.Notices ?? [];
                break;
            case SettingsReader.Kind:
                SettingsReader.Read(root, out errors, patience);
                break;
            default:
                return new PolicyReview(request) { Warning = "it is no kind of ours, it was not judged" };
        }
        // generateName: the name is made after admission
        if (Metadata["generateName"u8].Exists)
            errors = [.. errors.Where(e => e.Path.ToString() != "/metadata/name")];
        return errors.Count == 0 ? new PolicyReview(request) { Notices = notices } : new PolicyReview(request) { Errors = errors };
    }

    private void WriteStatus(Utf8JsonWriter json, IReadOnlyList<PolicyError> errors)
    {
        var text = new StringBuilder();
        var count = errors.Sum(e => e.Count);
        text.Append(count == 1 ? "1 error in " : $"{count} errors in ")
            .Append(Kind)
            .Append(' ')
            .Append(FindingText.Line(Metadata["name"u8].Text ?? request["name"u8].Text ?? ""))
            .Append(", nothing was changed\n\n");
        json.WriteStartObject("status"u8);
        json.WriteNumber("code"u8, 403);
        json.WriteString("reason"u8, "Forbidden"u8);
        json.WriteStartObject("details"u8);
        json.WriteStartArray("causes"u8);
        foreach (var error in errors.Take(MostErrors))
        {
            var path = FindingText.Line(error.Place);
            var message = FindingText.Line(error.Message);
            text.Append("  ").Append(path.Length > 0 ? path + ": " : "").Append(message).Append('\n');
            json.WriteStartObject();
            json.WriteString("message"u8, message);
            json.WriteString("field"u8, path);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        if (count > MostErrors)
            text.Append("  and ").Append(count - MostErrors).Append(" more\n");
        json.WriteString("message"u8, text.ToString().TrimEnd('\n'));
        json.WriteEndObject();
    }
}
