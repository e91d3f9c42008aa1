using System.Globalization;
using System.Net;
using System.Text;
using AdmissionGuard.Benchmarks.Objects;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AdmissionGuard.Benchmarks.Load;

/// <summary>Answers every list with Rollouts as an API server would, managedFields and pages included. Runs until its parent ends it.</summary>
internal static class ListingServer
{
    public const int Objects = 5000;

    public static async Task Run(TextWriter output)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.Zero);
        await using var app = builder.Build();
        var pages = new Dictionary<int, byte[]>();
        app.Run(async context =>
        {
            var limit = int.Parse(context.Request.Query["limit"]!, CultureInfo.InvariantCulture);
            var from = int.TryParse(context.Request.Query["continue"], CultureInfo.InvariantCulture, out var next) ? next : 0;
            if (!pages.TryGetValue(from, out var page))
                pages[from] = page = Page(from, Math.Min(limit, Objects - from));
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(page);
        });
        await app.StartAsync();
        await output.WriteLineAsync(app.Urls.First());
        await output.FlushAsync();
        await Task.Delay(TimeSpan.FromMinutes(10));
    }

    private static byte[] Page(int from, int count)
    {
        var end = from + count;
        var text = new StringBuilder("{\"apiVersion\":\"argoproj.io/v1alpha1\",\"kind\":\"RolloutList\",\"metadata\":{\"resourceVersion\":\"9\"");
        if (end < Objects)
            text.Append(CultureInfo.InvariantCulture, $",\"continue\":\"{end}\"");
        text.Append("},\"items\":[");
        for (var i = from; i < end; i++)
            text.Append(i > from ? "," : "").Append(Item(i));
        return Encoding.UTF8.GetBytes(text.Append("]}").ToString());
    }

    private static string Item(int at)
    {
        var fields = string.Join(',', Enumerable.Range(0, 40).Select(i => $"\"f:field{i}\":{{\"f:value\":{{}},\".\":{{}}}}"));
        var managed = $"\"managedFields\":[{{\"manager\":\"argocd\",\"operation\":\"Apply\",\"fieldsV1\":{{{fields}}}}}],";
        var rollout = OtherKinds.Rollout(string.Create(CultureInfo.InvariantCulture, $"orders-{at}"));
        const string metadata = "\"metadata\":{";
        var inside = rollout.IndexOf(metadata, StringComparison.Ordinal) + metadata.Length;
        return rollout.Insert(inside, managed);
    }
}
