;; A Ring application on Jetty, its sessions in cookies of Ring's own: PORT and KEY are its arguments.
(require '[clojure.edn :as edn]
         '[ring.adapter.jetty :refer [run-jetty]]
         '[ring.middleware.flash :refer [wrap-flash]]
         '[ring.middleware.session :refer [wrap-session]]
         '[ring.middleware.session.cookie :refer [cookie-store]])

(def ada
  {:user "Ada" :user/id 9007199254740993 :roles #{:admin :app/editor} :role :admin
   :since #inst "2020-01-02T03:04:05.678-00:00" :id #uuid "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
   :big 123456789012345678901234567890N :small 42N :third 1/3 :one 1.0 :price 12.50M :letter \a
   :cart [{:sku "a-1" :qty 2}] :list '(1 (2)) :symbol 'app/start :none nil
   "text" {"nested" true} 3 [4] [:x] #{}})

(defn answer [body & {:as more}]
  (merge {:status 200 :headers {"Content-Type" "text/plain; charset=utf-8"} :body body} more))

(defn read-one [text]
  (try (pr-str (edn/read-string {:default tagged-literal :eof 'nothing} text))
       (catch Throwable _ nil)))

(defn handler [{:keys [uri session flash body]}]
  (case uri
    "/login" (answer "Hello Ada" :session ada :flash {:info "Welcome" :kind :notice})
    "/visit" (answer "Seen" :session (assoc session :visited true))
    "/whole" (answer (pr-str (= session ada)))
    "/show" (answer (pr-str {:session session :flash flash}))
    "/logout" (answer "Goodbye" :session nil)
    ;; A vector of texts: each is read, and printed again.
    "/read" (answer (pr-str (mapv read-one (edn/read-string (slurp body :encoding "UTF-8")))))
    (answer "Nothing here" :status 404)))

(let [[port key] *command-line-args*]
  (run-jetty (-> handler
                 wrap-flash
                 (wrap-session {:store (cookie-store {:key (.getBytes ^String key "UTF-8")})}))
             {:port (Integer/parseInt port) :host "127.0.0.1"}))
