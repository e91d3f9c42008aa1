using AdmissionGuard.Core.Terms;
using AdmissionGuard.Files;
using AdmissionGuard.Texts;

namespace AdmissionGuard.Simulation;

/// <summary>For programs: every request whose lot changes, with the judgements that change it.</summary>
internal static class SimulationJson
{
    public static string Write(IReadOnlyList<SimulatedReview> outcomes, IReadOnlyList<ManifestError> errors) =>
        JsonText.Of(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("version", 1);
            json.WriteStartArray("changes");
            foreach (var outcome in outcomes.Where(o => o.Effect != Effect.None))
            {
                var review = outcome.Review;
                json.WriteStartObject();
                json.WriteString("change", outcome.Effect.ToString().ToLowerInvariant());
                json.WriteString("where", outcome.Where);
                json.WriteString("operation", Words.Of(review.Operation));
                json.WriteString("kind", review.Kind?.Name);
                json.WriteString("namespace", review.Namespace);
                json.WriteString("name", review.Name);
                json.WriteString("user", review.Actor.User);
                json.WriteStartArray("findings");
                foreach (var judgement in outcome.Because)
                {
                    json.WriteStartObject();
                    json.WriteString("rule", judgement.Rule);
                    json.WriteString("policy", judgement.Policy);
                    json.WriteString("action", Words.Of(judgement.Action));
                    json.WriteString("path", judgement.Path.ToString());
                    json.WriteString("message", judgement.Finding.Message);
                    json.WriteString("remedy", judgement.Finding.Remedy);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartObject("summary");
            json.WriteNumber("judged", outcomes.Count);
            foreach (var change in Enum.GetValues<Effect>())
                json.WriteNumber(change == Effect.None ? "asNow" : change.ToString().ToLowerInvariant(), SimulationText.Count(outcomes, change));
            json.WriteEndObject();
            json.WriteStartArray("errors");
            foreach (var error in errors)
                Write(json, error);
            json.WriteEndArray();
            json.WriteEndObject();
        });

    private static void Write(System.Text.Json.Utf8JsonWriter json, ManifestError error)
    {
        json.WriteStartObject();
        json.WriteString("file", error.File);
        if (error.Line is { } line)
            json.WriteNumber("line", line);
        else
            json.WriteNull("line");
        json.WriteString("message", error.Message);
        json.WriteEndObject();
    }
}
