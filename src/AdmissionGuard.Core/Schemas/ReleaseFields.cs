namespace AdmissionGuard.Core.Schemas;

/// <summary>Fields of Flagger's Canary of 2026-07-21 and of Gateway API's HTTPRoute 1.6, the experimental channel.</summary>
/// <remarks>See docs/facts/kubernetes-admission.md#fields-of-a-kind.</remarks>
internal static class ReleaseFields
{
    /// <summary>flagger.app/v1beta1.</summary>
    public const string Canary = """
        {analysis{alerts[{name:s,providerRef{name:s,namespace:s},severity:s},canaryReadyThreshold:n,interval:s,iterations:n,match[{headers<{
        exact:s,prefix:s,regex:s,suffix:s},queryParams<{exact:s,prefix:s,regex:s},sourceLabels<s},maxWeight:n,metrics[{interval:s,name:s,query:s,
        templateRef{name:s,namespace:s},templateVariables<s,threshold:n,thresholdRange{max:n,min:n}},mirror:b,mirrorWeight:n,
        primaryReadyThreshold:n,sessionAffinity{cookieName:s,domain:s,httpOnly:b,maxAge:n,partitioned:b,path:s,primaryCookieName:s,sameSite:s,
        secure:b},stepWeight:n,stepWeightPromotion:n,stepWeights[n,threshold:n,webhooks[{disableTLS:b,metadata<s,muteAlert:b,name:s,retries:n,
        timeout:s,type:s,url:s}},autoscalerRef{apiVersion:s,kind:s,name:s,primaryScalerQueries<s,primaryScalerReplicas{maxReplicas:i,
        minReplicas:i}},ingressRef{apiVersion:s,kind:s,name:s},metricsServer:s,progressDeadlineSeconds:n,provider:s,revertOnDeletion:b,routeRef{
        apiVersion:s,kind:s,name:s},service{apex{annotations<s,labels<s},appProtocol:s,backendTimeout:s,backends[s,canary{annotations<s,labels<s},
        corsPolicy{allowCredentials:b,allowHeaders[s,allowMethods[s,allowOrigin[s,allowOrigins[{exact:s,prefix:s,regex:s},exposeHeaders[s,
        maxAge:s},delegation:b,gatewayRefs[{group:s,kind:s,name:s,namespace:s,port:i,sectionName:s},gateways[s,headers{request{add<s,remove[s,
        set<s},response{add<s,remove[s,set<s}},headless:b,hosts[s,match[{authority{exact:s,prefix:s,regex:s},gateways[s,headers<{exact:s,prefix:s,
        regex:s},ignoreUriCase:b,method{exact:s,prefix:s,regex:s},name:s,port:i,queryParams<{exact:s,prefix:s,regex:s},scheme{exact:s,prefix:s,
        regex:s},sourceLabels<s,sourceNamespace:s,uri{exact:s,prefix:s,regex:s},withoutHeaders<{exact:s,prefix:s,regex:s}},meshName:s,mirror[{
        backendRef{group:s,kind:s,name:s,namespace:s,port:i}},name:s,port:n,portDiscovery:b,portName:s,primary{annotations<s,labels<s},retries{
        attempts:i,perTryTimeout:s,retryOn:s},rewrite{authority:s,type:s,uri:s},targetPort:x,timeout:s,trafficDistribution:s,trafficPolicy{
        connectionPool{http{h2UpgradePolicy:s,http1MaxPendingRequests:i,http2MaxRequests:i,idleTimeout:s,maxRequestsPerConnection:i,maxRetries:i}}
        ,loadBalancer{consistentHash{httpCookie{name:s,path:s,ttl:s},httpHeaderName:s,httpQueryParameterName:s,minimumRingSize:i,useSourceIp:b},
        localityLbSetting{distribute[{from:s,to<i},enabled:b,failover[{from:s,to:s}},simple:s,warmupDurationSecs:s},outlierDetection{
        baseEjectionTime:s,consecutive5xxErrors:i,consecutiveErrors:i,consecutiveGatewayErrors:i,consecutiveLocalOriginFailures:i,interval:s,
        maxEjectionPercent:i,minHealthPercent:i,splitExternalLocalOriginErrors:b},tls{caCertificates:s,clientCertificate:s,mode:s,privateKey:s,
        sni:s,subjectAltNames[s}},unmanagedMetadata{annotations[s,labels[s}},skipAnalysis:b,suspend:b,targetRef{apiVersion:s,kind:s,name:s},
        upstreamRef{apiVersion:s,kind:s,name:s,namespace:s}}
        """;

    /// <summary>gateway.networking.k8s.io/v1.</summary>
    public const string HttpRoute = """
        {hostnames[s,parentRefs[{group:s,kind:s,name:s,namespace:s,port:i,sectionName:s},rules[{backendRefs[{filters[{cors{allowCredentials:b,
        allowHeaders[s,allowMethods[s,allowOrigins[s,exposeHeaders[s,maxAge:i},extensionRef{group:s,kind:s,name:s},externalAuth{backendRef{
        group:s,kind:s,name:s,namespace:s,port:i},forwardBody{maxSize:i},grpc{allowedHeaders[s},http{allowedHeaders[s,allowedResponseHeaders[s,
        path:s},protocol:s},requestHeaderModifier{add[{name:s,value:s},remove[s,set[{name:s,value:s}},requestMirror{backendRef{group:s,kind:s,
        name:s,namespace:s,port:i},fraction{denominator:i,numerator:i},percent:i},requestRedirect{hostname:s,path{replaceFullPath:s,
        replacePrefixMatch:s,type:s},port:i,scheme:s,statusCode:i},responseHeaderModifier{add[{name:s,value:s},remove[s,set[{name:s,value:s}},
        type:s,urlRewrite{hostname:s,path{replaceFullPath:s,replacePrefixMatch:s,type:s}}},group:s,kind:s,name:s,namespace:s,port:i,weight:i},
        filters[{cors{allowCredentials:b,allowHeaders[s,allowMethods[s,allowOrigins[s,exposeHeaders[s,maxAge:i},extensionRef{group:s,kind:s,
        name:s},externalAuth{backendRef{group:s,kind:s,name:s,namespace:s,port:i},forwardBody{maxSize:i},grpc{allowedHeaders[s},http{
        allowedHeaders[s,allowedResponseHeaders[s,path:s},protocol:s},requestHeaderModifier{add[{name:s,value:s},remove[s,set[{name:s,value:s}},
        requestMirror{backendRef{group:s,kind:s,name:s,namespace:s,port:i},fraction{denominator:i,numerator:i},percent:i},requestRedirect{
        hostname:s,path{replaceFullPath:s,replacePrefixMatch:s,type:s},port:i,scheme:s,statusCode:i},responseHeaderModifier{add[{name:s,value:s},
        remove[s,set[{name:s,value:s}},type:s,urlRewrite{hostname:s,path{replaceFullPath:s,replacePrefixMatch:s,type:s}}},matches[{headers[{
        name:s,type:s,value:s},method:s,path{type:s,value:s},queryParams[{name:s,type:s,value:s}},name:s,retry{attempts:i,backoff:s,codes[i},
        sessionPersistence{absoluteTimeout:s,cookieConfig{lifetimeType:s},sessionName:s,type:s},timeouts{backendRequest:s,request:s}},
        useDefaultGateways:s}
        """;
}
