using static AdmissionGuard.Tests.Server.RunningServer;

namespace AdmissionGuard.Tests.Server;

public sealed partial class ProcessTests
{
    /// <summary>The process may be the native release: over the wire it says what <c>review</c> of the code under test says.</summary>
    [Fact]
    public async Task Serve_answers_over_the_wire_what_review_prints()
    {
        using var process = Start("serve", "--listen", "127.0.0.1:0", "--profile", "strict", "--drain", "0");
        try
        {
            var printed = await UntilPrinted(process, "Ctrl-C ends the server.");
            using var client = Trusting(Path.Combine(folder, "certs", "ca.crt"));
            var server = new Uri(Curl().Match(printed).Groups["url"].Value);
            foreach (
                var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", "reviews"), "request.json", SearchOption.AllDirectories)
            )
            {
                foreach (var endpoint in (string[])["validate", "mutate"])
                {
                    var here = await Commands.CommandLine.Run(["review", file, "--profile", "strict", "--endpoint", endpoint]);
                    var answer = await client.PostAsync(new Uri(server, endpoint), Body(await File.ReadAllTextAsync(file, Stop)), Stop);
                    Assert.Equal(here.Out, await answer.Content.ReadAsStringAsync(Stop));
                }
            }
            Signal(process, SigTerm);
            await process.WaitForExitAsync(Stop);
            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
