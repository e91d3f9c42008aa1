using System.Buffers;
using System.CommandLine;
using System.Text.Json;
using AdmissionGuard.Admission;
using AdmissionGuard.Commands.Options;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Files;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Commands;

/// <summary><c>review</c>: AdmissionReviews in, responses out, as the server answers them. One document, or one a line.</summary>
internal static class ReviewCommand
{
    public static Command Make(Terminal terminal)
    {
        var file = new Argument<string>("FILE") { Description = "a file with AdmissionReviews, or - for standard input" };
        Usage.RefuseOptionsAmong(file);
        var endpoint = new Option<string>("--endpoint")
        {
            Description = "validate or mutate",
            DefaultValueFactory = _ => "validate",
            HelpName = "NAME",
        };
        endpoint.AcceptOnlyFromAmong("validate", "mutate");
        var policies = new PolicyOptions();
        var command = new Command("review", "Answers AdmissionReviews as the server would: one response a line, exit status 1 where one is denied.")
        {
            file,
            endpoint,
        };
        policies.AddTo(command);
        command.SetAction(parsed =>
        {
            Usage.ReadInputOnce([parsed.GetValue(file)!], policies.Paths(parsed));
            var cluster = policies.ReadAll(parsed, terminal, DateTimeOffset.UtcNow).Cluster;
            var to = parsed.GetValue(endpoint) == "mutate" ? Webhook.Mutate : Webhook.Validate;
            return Answer(terminal, parsed.GetValue(file)!, to, cluster);
        });
        return command;
    }

    private static int Answer(Terminal terminal, string file, Webhook endpoint, Cluster cluster)
    {
        var status = 0;
        var read = 0;
        foreach (var (json, line, error) in JsonSequence.Read(ReadBytes(terminal, file)))
        {
            read++;
            if (error is not null)
            {
                Complain(line, error);
                continue;
            }
            try
            {
                using var document = JsonBody.Parse(json);
                status = Math.Max(status, Answer(document.Root, line));
            }
            catch (JsonException e)
            {
                Complain(line, e.Message);
            }
        }
        if (read == 0)
            Complain(1, "holds no AdmissionReview");
        return status;

        int Answer(Node document, int line)
        {
            if (AdmissionReview.Read(document, endpoint, DateTimeOffset.UtcNow, out var reason) is not { } request)
            {
                Complain(line, reason!);
                return 2;
            }
            var verdict = Evaluator.Evaluate(request.Review, cluster);
            var answer = new ArrayBufferWriter<byte>(512);
            AdmissionReview.Write(answer, request.Uid, verdict, endpoint);
            terminal.Out.WriteLine(System.Text.Encoding.UTF8.GetString(answer.WrittenSpan));
            return verdict.Allowed ? 0 : 1;
        }

        void Complain(int line, string why)
        {
            terminal.Out.Flush();
            terminal.Error.WriteLine($"{file}:{line}: {why}");
            status = 2;
        }
    }

    private static byte[] ReadBytes(Terminal terminal, string file)
    {
        try
        {
            if (file != ManifestFiles.StandardInput)
                return File.ReadAllBytes(file);
            using var all = new MemoryStream();
            terminal.In.CopyTo(all);
            return all.ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(
                $"{file}: {(e is FileNotFoundException or DirectoryNotFoundException ? "does not exist" : $"cannot be read: {e.Message}")}"
            );
        }
    }
}
