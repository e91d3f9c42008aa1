using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Traffic;

namespace AdmissionGuard.Plans;

/// <summary>
/// For programs: version 1 of the format. Shares in percent of users, times in seconds, all of them least ones. What cannot be told is null.
/// </summary>
internal static class PlanJson
{
    public static string Write(PlanReport report)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (
            var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })
        )
        {
            json.WriteStartObject();
            json.WriteNumber("version", 1);
            json.WriteStartArray("plans");
            foreach (var planned in report.Objects)
                WritePlan(json, planned);
            json.WriteEndArray();
            WriteComparison(json, report.Comparison);
            json.WriteStartArray("errors");
            foreach (var error in report.Errors)
            {
                json.WriteStartObject();
                json.WriteString("file", error.File);
                WriteNumber(json, "line", error.Line);
                json.WriteString("message", error.Message);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WritePlan(Utf8JsonWriter json, PlannedObject planned)
    {
        json.WriteStartObject();
        json.WriteString("kind", planned.Kind.Name);
        json.WriteString("apiVersion", planned.Document.ApiVersion);
        json.WriteString("namespace", planned.Document.Namespace);
        json.WriteString("name", planned.Document.Name);
        json.WriteString("file", planned.Document.File);
        json.WriteNumber("line", planned.Document.PositionOf(Pointer.Root).Line);
        json.WriteString(
            "strategy",
            planned.Plan switch
            {
                { IsBlueGreen: true } => "blueGreen",
                { IsRollingUpdate: true } => "rollingUpdate",
                _ => "canary",
            }
        );
        json.WriteBoolean("trafficRouting", planned.Plan.IsRouted);
        json.WriteStartArray("stages");
        foreach (var stage in planned.Timeline.Stages)
        {
            json.WriteStartObject();
            json.WriteString("path", planned.PathOf(stage)?.ToString());
            WriteNumber(json, "share", stage.Share);
            json.WriteBoolean("implicit", stage.Stage.Implicit);
            json.WriteNumber("atLeastSeconds", stage.AtLeast.TotalSeconds);
            WriteStretches(json, "stretches", stage.Stretches);
            json.WriteStartArray("canStop");
            foreach (var gate in stage.CanStop)
                json.WriteStringValue(Name(gate));
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        WriteFigures(json, planned.Timeline);
        json.WriteEndObject();
    }

    private static void WriteFigures(Utf8JsonWriter json, ExposureTimeline timeline)
    {
        if (timeline.LargestIncrease is { } largest)
        {
            json.WriteStartObject("largestIncrease");
            WriteNumber(json, "points", largest.Points);
            WriteNumber(json, "from", largest.From.Share);
            WriteNumber(json, "to", largest.To.Share);
            json.WriteEndObject();
        }
        else
            json.WriteNull("largestIncrease");
        WriteReach(json, "toHalf", timeline.Reaching(50));
        WriteReach(json, "toAll", timeline.Reaching(100));
        json.WriteStartObject("badVersion");
        WriteNumber(json, "fullOutageMinutes", timeline.Cost.FullOutageMinutes);
        json.WriteString("stoppedBy", timeline.Cost.StoppedBy is { } stop ? Name(stop) : null);
        WriteNumber(json, "atShare", timeline.Cost.Share);
        json.WriteString("beforeUsers", timeline.Cost.BeforeUsers is { } before ? Name(before) : null);
        json.WriteBoolean("isIncomplete", timeline.Cost.IsIncomplete);
        json.WriteEndObject();
    }

    private static void WriteReach(Utf8JsonWriter json, string name, Reach? reach)
    {
        if (reach is null)
        {
            json.WriteNull(name);
            return;
        }
        json.WriteStartObject(name);
        json.WriteNumber("atLeastSeconds", reach.AtLeast.TotalSeconds);
        WriteStretches(json, "gates", reach.Open);
        json.WriteEndObject();
    }

    private static void WriteStretches(Utf8JsonWriter json, string name, IEnumerable<Stretch> stretches)
    {
        json.WriteStartArray(name);
        foreach (var stretch in stretches)
        {
            json.WriteStartObject();
            WriteNumber(json, "share", stretch.Share);
            json.WriteNumber("startSeconds", stretch.Start.TotalSeconds);
            WriteNumber(json, "seconds", stretch.IsTimed ? stretch.Length.TotalSeconds : null);
            json.WriteString(
                "until",
                stretch switch
                {
                    { Gate: { } gate } => Name(gate),
                    { IsTimed: true } => "time",
                    _ => "unreadable",
                }
            );
            json.WriteBoolean("watched", stretch.IsWatched);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteComparison(Utf8JsonWriter json, PlanComparison? comparison)
    {
        if (comparison is null)
        {
            json.WriteNull("comparison");
            return;
        }
        json.WriteStartObject("comparison");
        WriteNumber(json, "largestIncreasePoints", comparison.LargestIncrease);
        WriteNumber(json, "toHalfSeconds", comparison.Reaching(50)?.TotalSeconds);
        WriteNumber(json, "toAllSeconds", comparison.Reaching(100)?.TotalSeconds);
        WriteNumber(json, "fullOutageMinutes", comparison.FullOutageMinutes);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } known)
            json.WriteNumber(name, Math.Round(known, 6));
        else
            json.WriteNull(name);
    }

    private static string Name(Gate gate) =>
        gate switch
        {
            Gate.Promotion => "promotion",
            Gate.Analysis => "analysis",
            Gate.Experiment => "experiment",
            Gate.Plugin => "plugin",
            Gate.Webhook => "webhook",
            Gate.Check => "check",
            _ => "backgroundAnalysis",
        };
}
